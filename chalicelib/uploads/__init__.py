"""Files that people send: taken into quarantine, checked by content and for viruses, and only then handed on."""
