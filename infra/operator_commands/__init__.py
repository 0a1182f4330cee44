"""The operator's commands: dealers made, set up, suspended and closed; people; outboxes."""
