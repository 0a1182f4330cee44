"""The folder that Chalice packs: the program, its templates, and the locked dependencies as Lambda needs them."""

import json
import re
import shutil
from pathlib import Path

from infra.package.trim import trim
from infra.setup import lambda_python
from infra.setup.paths import ROOT
from infra.setup.shell import call

PROVIDED_BY_LAMBDA = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "python-dateutil", "six", "urllib3"})
"""Lambda's Python has these: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html."""

MAX_GLIBC_MINOR = 34
"""Amazon Linux 2023, on which Lambda runs Python 3.13, has glibc 2.34; a wheel may want less."""

_PLACEHOLDER_ROLE = "arn:aws:iam::000000000000:role/each-function-gets-its-own"
_PIP = (
    *("-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
    *("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile"),
)
_BYTECODE = shutil.ignore_patterns("__pycache__", "*.pyc")


def lay_out(folder: Path) -> None:
    """Fill the empty `folder`. Raises SetupError when a dependency has no wheel for Lambda."""
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=_BYTECODE)
    shutil.copytree(ROOT / "templates", folder / "vendor" / "templates", ignore=_BYTECODE)
    (folder / ".chalice").mkdir()
    (folder / ".chalice" / "config.json").write_text(json.dumps(_config(), indent=1))
    (folder / "requirements.txt").write_text("")  # they are in vendor/ already
    _install(folder)
    trim(folder / "vendor")


def without_provided(lock: str) -> str:
    """A lock without the packages that Lambda provides."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)
    return "".join(b for b in blocks if re.split(r"[=\[ ]", b, maxsplit=1)[0].lower() not in PROVIDED_BY_LAMBDA)


def _config() -> dict[str, object]:
    """The project's own, but with no role by Chalice: the template's are narrower."""
    config: dict[str, object] = json.loads((ROOT / ".chalice" / "config.json").read_text())
    return {**config, "manage_iam_role": False, "iam_role_arn": _PLACEHOLDER_ROLE}


def _platforms() -> list[str]:
    return [*(f"manylinux_2_{minor}_x86_64" for minor in range(MAX_GLIBC_MINOR, 16, -1)), "manylinux2014_x86_64"]


def _install(folder: Path) -> None:
    wanted = folder.parent / "requirements.txt"
    wanted.write_text(without_provided((ROOT / "requirements.txt").read_text()))
    platforms = [option for tag in _platforms() for option in ("--platform", tag)]
    where = ("--target", folder / "vendor", "--requirement", wanted)
    install: list[str | Path] = [lambda_python.python(), *_PIP, *platforms, *where]
    call("Installing for Lambda", install, env={"PIP_ROOT_USER_ACTION": "ignore"})
    shutil.rmtree(folder / "vendor" / "bin", ignore_errors=True)
