"""The steps of an import, in their order: open, stage, gate, publish, settle. Each may run twice, or stop anywhere."""
