"""Addresses of stylesheets, scripts and fonts, with a hash of their content so that browsers may keep them for ever."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path

from chalicelib import settings
from chalicelib.rendering.paths import template_root

VERSIONS = "versions.json"
"""In the deployed zip, which has no assets but this list of them: the distribution serves the files."""


@cache
def asset(name: str) -> str:
    """`css/theme.css` -> `/assets/css/theme.css?v=1f3a...`. Raises FileNotFoundError if there is no such asset."""
    folder = template_root() / "assets"
    version = _listed(folder / VERSIONS).get(name) or version_of((folder / name).read_bytes())
    return f"{settings.load().assets_url}/{name}?v={version}"


def version_of(content: bytes) -> str:
    """Changes with the content."""
    return sha256(content).hexdigest()[:10]


@cache
def _listed(path: Path) -> dict[str, str]:
    versions: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    return versions
