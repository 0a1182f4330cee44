"""The steps of an import, in order: open, stage, gate, publish, finalise. Each may run twice or stop anywhere."""
