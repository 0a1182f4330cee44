"""Runs Python as Lambda does: the unpacked zip, what Lambda provides, and nothing else that happens to be installed."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import boto3

from infra.setup import lambda_python

# Imports each module named by its arguments, and says which files of the zip that took.
_LOAD = """
import importlib, json, sys
root, shipped, *names = sys.argv[1:]
sys.path[:0] = [root, shipped]
for name in names:
    importlib.import_module(name)
files = {getattr(m, "__file__", None) for m in list(sys.modules.values())}
print(json.dumps(sorted(f for f in files if f and f.startswith(root))))
"""
_PROVIDED_MODULES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six.py", "urllib3")


class PackageError(Exception):
    """The package must not be deployed. The text is one sentence that says why."""


def python(folder: Path, program: str, *arguments: str, variables: Mapping[str, str] = MappingProxyType({})) -> str:
    """What `program` prints, with `folder` and Lambda's own packages in front. Raises PackageError with its last line.

    It has no site-packages and writes no bytecode, so a module that is missing in the zip is missing. Of this
    process's environment it has PATH, and `variables` besides.
    """
    with TemporaryDirectory() as shipped:
        for name in _PROVIDED_MODULES:
            (Path(shipped) / name).symlink_to(Path(boto3.__file__).parents[1] / name)
        command = [str(lambda_python.python()), "-S", "-B", "-P", "-c", program, str(folder), shipped, *arguments]
        clean = {"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1"}
        clean |= variables
        done = subprocess.run(command, env=clean, cwd=shipped, capture_output=True, text=True, check=False)
    if done.returncode:
        output = done.stderr.strip().splitlines() or ["it printed nothing"]
        raise PackageError(f"The package does not work in a fresh interpreter: {output[-1]}")
    return done.stdout


def loaded(folder: Path, modules: Sequence[str]) -> list[Path]:
    """Import these modules from the unpacked zip; the source files that this loaded. Raises PackageError."""
    return [Path(name) for name in json.loads(python(folder, _LOAD, *modules)) if name.endswith(".py")]


def own_modules(folder: Path) -> list[str]:
    paths = [folder / "app.py", *sorted((folder / "chalicelib").rglob("*.py"))]
    names = [".".join(path.relative_to(folder).with_suffix("").parts) for path in paths]
    return [name.removesuffix(".__init__") for name in names]
