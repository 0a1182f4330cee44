"""The zip: byte-compiled for the path it is unpacked to, and reproducible byte for byte."""

import py_compile
import zipfile
from pathlib import Path

from infra.package.interpreter import loaded, own_modules

TASK_ROOT = "/var/task"
"""Where Lambda unpacks it; tracebacks name it."""

LAZY_IMPORTS = ("email_validator", "xlsxwriter.workbook", "reportlab.pdfgen.canvas", "reportlab.pdfbase.ttfonts")
"""Dependencies that are imported where they are used."""

_OURS = frozenset({"app.py", "chalicelib"})
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def compile_loaded(folder: Path) -> None:
    """Put bytecode beside every module that the program loads: it halves a cold start.

    Unchecked hashes: the zip's times mean nothing, and Python need not read the source to trust the bytecode. Of a
    dependency the bytecode stands alone (a traceback names its file and line, without the text); what no function
    loads stays source only. Raises PackageError when a module of ours cannot be imported.
    """
    for path in loaded(folder, [*own_modules(folder), *LAZY_IMPORTS]):
        is_ours = path.relative_to(folder).parts[0] in _OURS
        py_compile.compile(
            str(path),
            cfile=None if is_ours else str(path.with_suffix(".pyc")),
            dfile=f"{TASK_ROOT}/{path.relative_to(folder)}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        if not is_ours:
            path.unlink()


def write(folder: Path, target: Path) -> None:
    """Deterministic: sorted, without timestamps."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(folder)), _EPOCH)
            entry.external_attr = _MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
