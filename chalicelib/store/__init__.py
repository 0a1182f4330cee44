"""The table, the buckets and the queues, and whose role may touch them. Slices' repos stand on this."""
