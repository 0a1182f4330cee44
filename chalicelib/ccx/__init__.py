"""The export format: archive, manifest, CSV records, cells, findings. Pure; the pipeline is `ingest`."""
