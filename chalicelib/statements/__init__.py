"""What an account owed from one day to another, as a customer files it: on demand, and each month into an archive."""
