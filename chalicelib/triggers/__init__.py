"""What queues and the clock call: translates an event, makes one call. Declared in app.py."""
