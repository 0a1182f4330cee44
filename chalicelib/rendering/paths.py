"""Where the templates folder is: beside the package in the project, and at the root of the deployed zip."""

import sys
from functools import cache
from pathlib import Path


@cache
def template_root() -> Path:
    """The folder of templates and assets. Raises FileNotFoundError if no place on the path has one."""
    also = Path(__file__).resolve().parents[2]
    for place in (also, *map(Path, sys.path)):
        if (place / "templates" / "assets").is_dir():
            return place / "templates"
    msg = "no templates folder beside chalicelib or on sys.path"
    raise FileNotFoundError(msg)
