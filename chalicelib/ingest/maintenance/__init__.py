"""What keeps imports going and tidy: collect, resume, sweep, and the dead-letter queue."""
