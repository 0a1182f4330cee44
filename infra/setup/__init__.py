"""Makes a bare machine able to run and test the project: Python's standard library only, nothing is there yet."""
