"""What keeps imports going and tidy: collect, resume, sweep, and the queue of letters that died."""
