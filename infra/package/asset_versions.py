"""The zip's list of assets instead of the assets, which the distribution serves from their bucket."""

import json
import shutil
from pathlib import Path

from chalicelib.rendering.assets import VERSIONS, version_of


def list_assets(unpacked: Path) -> None:
    """Replace all assets in the unpacked zip by their versions, by name."""
    assets = unpacked / "templates" / "assets"
    files = sorted(path for path in assets.rglob("*") if path.is_file())
    versions = {path.relative_to(assets).as_posix(): version_of(path.read_bytes()) for path in files}
    shutil.rmtree(assets)
    assets.mkdir()
    (assets / VERSIONS).write_text(json.dumps(versions, indent=1))
