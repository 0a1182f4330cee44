"""What CONTRIBUTING.md tells people to type with the tools of .venv works."""

import re
import shlex
import subprocess
from importlib.util import find_spec
from pathlib import Path

from infra.setup.paths import PYTHON, ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text()
PYBABEL = re.compile(r"\.venv/bin/(pybabel [^`\n]+)")
MODULE = re.compile(r"\.venv/bin/python -m ([\w.]+)")


def test_a_translation_is_begun_and_compiled(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    typed = PYBABEL.findall(TEXT)
    assert [command.split()[1] for command in typed] == ["extract", "init", "compile"]
    for command in typed:
        moved = command.replace("chalicelib/locale", str(tmp_path / "locale")).replace("build/", f"{tmp_path}/")
        program, *arguments = shlex.split(moved)
        run = subprocess.run(
            (PYTHON.with_name(program), *arguments), cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
    catalogue = tmp_path / "locale" / "de" / "LC_MESSAGES"
    assert "My Transactions" in (catalogue / "messages.po").read_text()
    assert (catalogue / "messages.mo").is_file()


def test_modules_to_run_are_there() -> None:
    named = set(MODULE.findall(TEXT))
    assert named
    assert {name for name in named if find_spec(name) is None} == set()
