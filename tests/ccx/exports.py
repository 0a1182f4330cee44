"""Bundles read as the import reads them."""

import io
from collections import Counter

from chalicelib.ccx.bundle import Bundle, open_bundle
from chalicelib.ingest.entities import ENTITIES


def opened(data: bytes) -> Bundle:
    """A bundle of the entities that the program declares. Raises BundleError."""
    return open_bundle(io.BytesIO(data), ENTITIES)


def rows_read(bundle: Bundle) -> Counter[str]:
    """Every file read to its end; how many rows each has. Raises BundleError."""
    return Counter(entity.name for entity in bundle.entities for _ in bundle.records(entity.name))
