"""Of what a dealer's staff are mailed, each as they have chosen: at once, once a day, or never."""
