"""The Python environments, made by uv from the locks: `.venv` for everything, another for the emulators of AWS."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

from . import lambda_python, stamps
from .paths import MINISTACK_ENV, PYTHON, ROOT, UV, VENV
from .shell import SetupError, call, step

UV_LOCK = ROOT / "infra" / "setup" / "requirements-uv.txt"
EMULATORS_LOCK = ROOT / "infra" / "local" / "requirements-emulators.txt"
LOCKS = (ROOT / "requirements.txt", ROOT / "requirements-dev.txt")
QUIET = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_LINK_MODE": "copy"}


def uv() -> None:
    """Installed by pip into a folder: on a bare Debian pip may write nowhere else, and there is no venv."""
    mark = stamps.fingerprint(UV_LOCK)
    if stamps.is_current(UV.parents[1], mark):
        return
    with step("uv, which makes the environments"):
        if not _has_pip():
            raise SetupError("pip is missing: install it with `apt-get install python3-pip` and try again.")
        shutil.rmtree(UV.parents[1], ignore_errors=True)
        install = (sys.executable, "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
        where = ("--target", UV.parents[1], "--require-hashes", "--requirement", UV_LOCK)
        call("Installing uv", (*install, *where), env={"PIP_ROOT_USER_ACTION": "ignore"})
        stamps.finish(UV.parents[1], mark)


def main() -> None:
    """`.venv`: the program, its tests and its tools."""
    _environment(VENV, LOCKS, "the Python environment")


def emulators() -> None:
    """Ministack's own environment. Its Python also runs the packaged functions."""
    _environment(MINISTACK_ENV, (EMULATORS_LOCK,), "the local AWS (ministack)")


def for_lambda() -> Path:
    """The Python of `.venv`, or of another environment with the same in it, whichever is of Lambda's version."""
    main()
    if lambda_python.is_running():
        return PYTHON
    # Little of it is ever imported there: that is compiled when it is.
    text, find = "the environment on Lambda's Python", lambda_python.find
    _environment(lambda_python.ENVIRONMENT, LOCKS, text, find, compiled=False)
    return lambda_python.ENVIRONMENT / "bin" / "python"


def emulators_for_lambda() -> None:
    """Ministack, where the packaged functions run on the Python that they were built for."""
    if lambda_python.is_running():
        emulators()
    else:
        text = "the local AWS on Lambda's Python"
        _environment(lambda_python.EMULATORS, (EMULATORS_LOCK,), text, lambda_python.find)


def quickest_python(here: Path | None = None, system: Path = Path("/usr/bin")) -> Path:
    """This Python (or the one at `here`), or the distribution's of the same version where this one is pyenv's.

    pyenv compiles without profile-guided optimisation unless it is told to, which costs a quarter of the speed:
    https://github.com/pyenv/pyenv/blob/master/plugins/python-build/README.md#building-for-maximum-performance
    """
    here = here or Path(sys.executable).resolve()
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    theirs = system / f"python{version}"
    is_optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    if ".pyenv" in here.parts and not is_optimised and _version(theirs).startswith(version):
        return theirs
    return here


def _environment(
    folder: Path,
    locks: Sequence[Path],
    text: str,
    find: Callable[[], Path] = quickest_python,
    *,
    compiled: bool = True,
) -> None:
    mark = stamps.fingerprint(*locks)
    if stamps.is_current(folder, mark) and (folder / "bin" / "python").exists():
        return
    uv()
    base = find()
    with step(text):
        if not _works(folder, base):
            call(
                "Making an environment",
                (UV, "venv", "--quiet", "--clear", "--python", base, folder),
                env=QUIET,
            )
        stamps.begin(folder)
        how = ("--python", folder / "bin" / "python", *(("--compile-bytecode",) if compiled else ()))
        call(
            f"Installing {text}",
            (UV, "pip", "sync", "--require-hashes", *how, *locks),
            env=QUIET,
        )
        stamps.finish(folder, mark)


def _works(folder: Path, base: Path) -> bool:
    """Whether there is an environment of the same version as `base`."""
    python = folder / "bin" / "python"
    return os.access(python, os.X_OK) and _version(python) == _version(base)


def _version(python: Path) -> str:
    ask = (str(python), "-c", "import sys; print(sys.version)")
    try:
        return subprocess.run(ask, capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""


def _has_pip() -> bool:
    return subprocess.run((sys.executable, "-m", "pip", "--version"), capture_output=True, check=False).returncode == 0
