"""The commands that the written word tells people to type."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from infra.setup.paths import ROOT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
TYPED = frozenset({"", "bash", "sh", "console"})


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> Iterator[tuple[str, list[str]]]:
    """(page, words) of each command in a fenced block; a line that ends in a backslash goes on."""
    for page in pages():
        for block in (text for language, text in FENCE.findall(page.read_text()) if language in TYPED):
            for line in block.replace("\\\n", " ").splitlines():
                words = shlex.split(line.removeprefix("$ "), comments=True)
                if words:
                    yield str(page.relative_to(ROOT)), words
