"""The Python that Lambda runs: the package is built for it, rehearsed and measured on it. All else takes any from 3.11.

It may be any on this machine (PATH, pyenv, uv) and need not be the one that the command was typed with.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from .paths import MINISTACK_ENV, PYTHON, TOOLS, UV
from .shell import SetupError, call, step

VERSION = "3.13"
"""On Amazon Linux 2023: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html."""

ENVIRONMENT = TOOLS / f"python{VERSION}-env"
EMULATORS = TOOLS / f"python{VERSION}-ministack-env"
MISSING = (
    f"The package needs Python {VERSION}, which Lambda runs: install it (`uv python install {VERSION}`, "
    f"`pyenv install {VERSION}` or your system's package) and try again."
)


def is_running() -> bool:
    """Whether this process is of that version."""
    return f"{sys.version_info.major}.{sys.version_info.minor}" == VERSION


def python() -> Path:
    """The interpreter that has the program, its tests and its tools, on Lambda's version. It may not be there yet."""
    return Path(sys.executable) if is_running() else ENVIRONMENT / "bin" / "python"


def ministack() -> Path:
    """The folder of the local AWS's environment: its Python also runs the packaged functions."""
    return MINISTACK_ENV if python() == PYTHON else EMULATORS


def find() -> Path:
    """An interpreter of the version. Raises SetupError where there is none and none can be fetched."""
    found = next((path for path in _candidates() if _is_of_version(path)), None)
    return found or _downloaded()


def _candidates() -> Iterator[Path]:
    yield Path(sys.executable)
    if on_path := shutil.which(f"python{VERSION}"):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{VERSION}.*/bin/python"), reverse=True)
    if known := _uv_finds():
        yield known


def _is_of_version(path: Path) -> bool:
    """It must also start: a shim of pyenv is there for each version, and works for the chosen ones."""
    ask = (str(path), "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    try:
        answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return answer.stdout.strip() == VERSION


def _uv_finds() -> Path | None:
    ask = (str(UV), "python", "find", "--no-project", VERSION)
    environment = {**os.environ, **_uv_settings(), "UV_PYTHON_DOWNLOADS": "never"}
    answer = subprocess.run(ask, env=environment, capture_output=True, text=True, check=False)
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


def _uv_settings() -> dict[str, str]:
    """What it fetches lies in .tools too, unless the person who runs it has said where."""
    where = os.environ.get("UV_PYTHON_INSTALL_DIR") or str(TOOLS / "pythons")
    return {"UV_PYTHON_INSTALL_DIR": where, "UV_NO_PROGRESS": "1"}


def _downloaded() -> Path:
    try:
        with step(f"Python {VERSION}, which Lambda runs"):
            call(f"Fetching Python {VERSION}", (UV, "python", "install", "--no-bin", VERSION), env=_uv_settings())
    except SetupError as problem:
        raise SetupError(f"{MISSING} ({problem})") from None
    found = _uv_finds()
    if found is None:
        raise SetupError(MISSING)
    return found
