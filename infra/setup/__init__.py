"""Makes a bare machine able to run and test the project: Python's standard library only, nothing else is there yet.

Imports within it are relative, so that it is `infra.setup` to the program and `setup` to the script infra/dev.py.
"""
