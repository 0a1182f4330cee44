"""upload.pyz, the program that dealers download: the upload client, and the modules that check an export, in one zip.

It runs wherever Python does. What it carries besides our modules is pure Python too: what reads an email address, and
the time zones, which Python has none of on Windows.
"""

import ast
import shutil
import sys
import zipapp
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.package import archive
from infra.setup.paths import ROOT

ASSET = Path("assets") / "client" / "upload.pyz"
"""What pages link to. It is built, not kept in the repository."""
PROGRAM = ROOT / "templates" / ASSET
FIRST = "infra.upload_client.command"
CARRIED = {"email-validator": "email_validator", "idna": "idna", "tzdata": "tzdata"}
"""Distributions, and their package."""
_OURS = frozenset({"chalicelib", "infra"})
_INTERPRETER = "/usr/bin/env python3"
_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", "py.typed", "__main__.py")
_MAIN = f"""\
import sys

if sys.version_info < (3, 11):
    sys.exit("This program needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ".")

from {FIRST} import main

sys.exit(main())
"""


def refresh() -> Path:
    """Build it for the portal on this machine, unless it is newer than every source."""
    sources = [*(ROOT / "chalicelib").rglob("*.py"), *(ROOT / "infra").rglob("*.py")]
    if not PROGRAM.exists() or PROGRAM.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        build(PROGRAM)
    return PROGRAM


def build(target: Path) -> None:
    """Write the program, the same bytes for the same sources; all at once, for others may be reading it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name:
        folder, packed = Path(name) / "content", Path(name) / "packed.zip"
        made = target.with_name(f".{target.name}.{Path(name).name}")
        _lay_out(folder)
        archive.write(folder, packed)
        zipapp.create_archive(packed, made, _INTERPRETER)
        made.chmod(0o644)
        made.replace(target)


def _lay_out(folder: Path) -> None:
    folder.mkdir()
    (folder / "__main__.py").write_text(_MAIN)
    for module in sorted(modules(FIRST)):
        path = folder / _source(module).relative_to(ROOT)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_source(module), path)
    for name, package in CARRIED.items():
        found = distribution(name)
        shutil.copytree(Path(str(found.locate_file(package))), folder / package, ignore=_IGNORED)
        for file in found.files or ():
            if "LICEN" in file.name.upper():
                (folder / "licenses" / name).mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(str(file.locate())), folder / "licenses" / name / file.name)


def modules(first: str) -> set[str]:
    """Our modules that `first` needs, itself and their packages among them."""
    found: set[str] = set()
    waiting = [first]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += [name for name in _needed_by(module) if name.partition(".")[0] in _OURS]
    return found


def foreign(of: set[str]) -> set[str]:
    """Packages that these modules import and that are neither ours nor Python's."""
    roots = {name.partition(".")[0] for module in of for name in _needed_by(module)}
    return roots - _OURS - sys.stdlib_module_names


def _needed_by(module: str) -> Iterator[str]:
    if "." in module:
        yield module.rpartition(".")[0]
    for node in ast.walk(ast.parse(_source(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (name for alias in node.names if _is_module(name := f"{node.module}.{alias.name}"))


def _is_module(name: str) -> bool:
    return name.partition(".")[0] in _OURS and _source(name).is_file()


def _source(module: str) -> Path:
    path = ROOT.joinpath(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
