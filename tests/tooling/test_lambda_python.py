import sys
from pathlib import Path

import pytest

from infra.setup import lambda_python
from infra.setup.shell import SetupError


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("text", ["echo 3.12", "exit 127", "echo 3.13.0 is not one of yours", ""])
def test_a_program_of_another_version_is_not_taken(tmp_path: Path, text: str) -> None:
    assert not lambda_python._is_of_version(program(tmp_path / "python3.13", text))  # noqa: SLF001


def test_a_program_that_is_not_there_is_not_taken(tmp_path: Path) -> None:
    assert not lambda_python._is_of_version(tmp_path / "python3.13")  # noqa: SLF001


def test_what_pyenv_has_is_taken_where_its_shim_does_not_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path / "shims" / "python3.13", "exit 127")
    older = program(tmp_path / "versions" / "3.13.0" / "bin" / "python", "echo 3.13")
    program(tmp_path / "versions" / "3.12.9" / "bin" / "python", "echo 3.12")
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert lambda_python.find() == (Path(sys.executable) if lambda_python.is_running() else older)


def test_where_there_is_none_a_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if lambda_python.is_running():
        assert lambda_python.find() == Path(sys.executable)
        return
    program(tmp_path / "python3.13", "exit 127")
    for name in ("PATH", "PYENV_ROOT", "HOME", "UV_PYTHON_INSTALL_DIR", "UV_PYTHON_INSTALL_MIRROR"):
        monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(SetupError, match=r"needs Python 3\.13, which Lambda runs: install it \(`uv python install"):
        lambda_python.find()
