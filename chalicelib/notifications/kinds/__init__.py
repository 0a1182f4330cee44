"""One module for each kind of outbox item. They are listed in `notifications.registry`."""
