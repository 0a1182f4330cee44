"""What must hold of a package before anybody deploys it. Each check raises PackageError with one sentence."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from infra.package.functions import functions
from infra.package.interpreter import PackageError, python
from infra.package.jinja_templates import is_template, module_of
from infra.setup import lambda_python
from infra.setup.paths import ROOT

MAX_BYTES = 24_000_000

# Imports every handler with what it calls, draws text and a logo on a page, and merges it with a picture that is drawn
# anew, as far as the zip alone can.
_WORK = """
import importlib, sys
root, shipped, *handlers = sys.argv[1:]
sys.path[:0] = [root, shipped]
for handler in handlers:
    module, name = handler.rsplit(".", 1)
    assert callable(getattr(importlib.import_module(module), name)), handler
from chalicelib import triggers
for name in triggers.__all__:
    getattr(triggers, name)
import io
from reportlab.pdfgen.canvas import Canvas
from reportlab.lib.utils import ImageReader
from PIL import Image
logo = io.BytesIO()
Image.new("RGBA", (2, 2)).save(logo, "PNG")
drawn = io.BytesIO()
page = Canvas(drawn)
page.drawString(72, 72, "x")
page.drawImage(ImageReader(io.BytesIO(logo.getvalue())), 72, 72, mask="auto")
page.save()
from chalicelib.rendering.merged_pdf import MergedPdf
from chalicelib.rendering.image_files import kind_of
from chalicelib.rendering.photos import redrawn_photo
merged = MergedPdf("x")
merged.add_picture(redrawn_photo(logo.getvalue(), kind_of(logo.getvalue())).thumbnail)
merged.add_pdf(drawn.getvalue())
merged.write(io.BytesIO())
"""

# Loads every template, and makes sure that none is compiled for it.
_TEMPLATES = """
import sys
root, shipped, *names = sys.argv[1:]
sys.path[:0] = [root, shipped]
from chalicelib.rendering.templates import environment
for name in names:
    environment().get_template(name)
assert not environment().loader.has_source_access, "templates are compiled when they are first shown"
"""


def files_are_there(archive: Path) -> None:
    """Every module and template is in the zip, and nothing that Lambda provides."""
    with zipfile.ZipFile(archive) as packed:
        names = set(packed.namelist())
    wanted = {_packed_as(str(path.relative_to(ROOT))): str(path.relative_to(ROOT)) for path in _own_files()}
    if missing := sorted(wanted[name] for name in wanted.keys() - names):
        raise PackageError(f"The zip lacks {missing[0]}{_more(missing)}.")
    if shipped := sorted(name for name in names if name.startswith(("boto3/", "botocore/", "urllib3/"))):
        raise PackageError(f"The zip holds {shipped[0]}{_more(shipped)}, which Lambda has itself.")


def size(archive: Path) -> int:
    """In bytes."""
    found = archive.stat().st_size
    if found > MAX_BYTES:
        raise PackageError(f"The zip has {found / 1e6:.1f} MB and may have {MAX_BYTES / 1e6:.0f}.")
    return found


def handlers_import(folder: Path, template: dict[str, Any]) -> list[str]:
    """The handlers, each imported from the unpacked zip in a fresh interpreter."""
    handlers = sorted(r["Properties"]["Handler"] for r in _functions(template).values())
    python(folder, _WORK, *handlers)
    return handlers


def templates_load(folder: Path) -> None:
    """Each template of the project is in the unpacked zip, compiled."""
    root = ROOT / "templates"
    names = (str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    python(folder, _TEMPLATES, *filter(is_template, names))


def functions_are_known(template: dict[str, Any]) -> None:
    """app.py and functions.yaml name the same functions."""
    declared, described = _functions(template).keys(), functions().keys()
    if odd := sorted(declared ^ described):
        where = "infra/cloudformation/functions.yaml" if odd[0] in declared else "app.py"
        raise PackageError(f"{where} does not know the function {odd[0]}{_more(odd)}.")


def runtime_is_lambdas(template: dict[str, Any]) -> None:
    """Each function runs on the Python that it was built for: Chalice takes the one that packs."""
    wanted = f"python{lambda_python.VERSION}"
    if others := sorted({f["Properties"]["Runtime"] for f in _functions(template).values()} - {wanted}):
        raise PackageError(f"The functions would run on {others[0]} and not on {wanted}.")


def transform_accepts(template: dict[str, Any]) -> None:
    """Run the SAM transform, as AWS does first."""
    from samtranslator.public.exceptions import InvalidDocumentException
    from samtranslator.translator.transform import transform

    class _Policies:
        def load(self) -> dict[str, str]:
            return {}

    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # it asks, and calls nobody
    local = json.loads(json.dumps(template).replace("./deployment.zip", "s3://bucket/key"))
    values = {name: p.get("Default", "x") for name, p in local["Parameters"].items()}
    try:
        transform(local, values, _Policies())
    except InvalidDocumentException as error:
        raise PackageError(f"SAM refuses the template: {error.message}") from error


def lint_accepts(*templates: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--regions",
        "us-east-1",
        "--format",
        "parseable",
        *map(str, templates),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stdout.strip().splitlines() or [done.stderr.strip()]
        raise PackageError("cfn-lint refuses the template:\n" + "\n".join(lines))


def _packed_as(name: str) -> str:
    """A project file's name in the zip."""
    template = name.removeprefix("templates/")
    return module_of(template) if template != name and is_template(template) else name


def _own_files() -> Iterable[Path]:
    yield ROOT / "app.py"
    yield from (p for p in (ROOT / "chalicelib").rglob("*") if p.is_file() and "__pycache__" not in p.parts)
    yield from (p for p in (ROOT / "templates").rglob("*") if p.is_file() and "assets" not in p.parts)


def _functions(template: dict[str, Any]) -> dict[str, Any]:
    return {n: r for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}


def _more(names: list[str]) -> str:
    return f" and {len(names) - 1} more" if len(names) > 1 else ""
