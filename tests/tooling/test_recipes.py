"""What CONTRIBUTING.md tells people to type with the tools of .venv works."""

import re
from importlib.util import find_spec
from pathlib import Path

from infra import messages
from infra.setup.paths import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
MODULE = re.compile(r"\.venv/bin/python -m ([\w.]+)")


def test_another_language_is_begun_by_the_command_of_the_recipe(tmp_path: Path) -> None:
    (language,) = re.findall(r"make messages LANGUAGE=(\w+)", TEXT)
    assert messages.update(tmp_path, language, messages.source()) > 1_000
    catalogue = tmp_path / language / "LC_MESSAGES"
    assert "My Transactions" in (catalogue / "messages.po").read_text()
    assert (catalogue / "messages.mo").is_file()


def test_modules_to_run_are_there() -> None:
    named = set(MODULE.findall(TEXT))
    assert named
    assert {name for name in named if find_spec(name) is None} == set()
