"""Domain values as display values: what several pages say alike."""
