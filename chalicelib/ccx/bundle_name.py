"""The name of a bundle: which dealer's it is, when it was made, and its number."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError
from chalicelib.ccx.manifest import Manifest


class BundleName(NamedTuple):
    """What a bundle's file name says."""

    dealer_code: str
    generated_at: datetime
    sequence: int


# Browsers add " (1)" to a second copy of a download; it says nothing about the content.
_NAME = re.compile(r"ccx_([A-Za-z0-9_-]{2,32})_(\d{8}T\d{6})Z_(\d{8})(?: ?\(\d{1,3}\))?\.zip")


def parse_bundle_name(name: str) -> BundleName:
    """`ccx_<dealer code>_<yyyymmddThhmmssZ>_<8 digits>.zip`. Raises BundleError."""
    match = _NAME.fullmatch(name)
    try:
        if match:
            made = datetime.strptime(match[2], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
            return BundleName(match[1], made, int(match[3]))
    except ValueError:
        pass
    raise BundleError(Code.B010_BUNDLE_NAME, name[:120])


def check_name(name: str, manifest: Manifest) -> None:
    """The name and the manifest must agree on dealer and number. Raises BundleError."""
    named = parse_bundle_name(name)
    if (named.dealer_code, named.sequence) != (manifest.dealer_code, manifest.sequence):
        raise BundleError(Code.B010_BUNDLE_NAME, name[:120])
