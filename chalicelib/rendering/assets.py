"""Addresses of stylesheets, scripts and fonts, with a hash of their content so that browsers may keep them for ever."""

from functools import cache
from hashlib import sha256

from chalicelib import settings
from chalicelib.rendering.paths import template_root


@cache
def asset(name: str) -> str:
    """`css/theme.css` -> `/assets/css/theme.css?v=1f3a...`. Raises FileNotFoundError if there is no such asset."""
    content = (template_root() / "assets" / name).read_bytes()
    return f"{settings.load().assets_url}/{name}?v={sha256(content).hexdigest()[:10]}"
