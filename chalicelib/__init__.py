"""Customer Connect: the program behind the Lambda functions. `app.py` composes it."""
