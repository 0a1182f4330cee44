"""The account directory: every account of the published run, in compressed shards."""
