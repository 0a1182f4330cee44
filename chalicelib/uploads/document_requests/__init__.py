"""Documents that staff ask a customer for: each is fulfilled by the files that are accepted for it."""
