"""Jinja templates precompiled to Python modules, so that a cold start compiles none."""

import py_compile
from pathlib import Path

from jinja2 import FileSystemLoader, ModuleLoader

from chalicelib.rendering.templates import made_with

COMPILED = "templates/compiled"
_ENDINGS = (".html", ".txt")
_NO_TEMPLATES = ("assets/", "fonts/")


def is_template(name: str) -> bool:
    """`name` is relative to the folder `templates`."""
    return name.endswith(_ENDINGS) and not name.startswith(_NO_TEMPLATES)


def module_of(name: str) -> str:
    """Its path in the zip: jinja names a template's module by a hash."""
    return f"{COMPILED}/{ModuleLoader.get_module_filename(name)}c"


def compile_templates(folder: Path) -> None:
    """Replace all templates in the unpacked zip by modules. Raises jinja2.TemplateSyntaxError."""
    texts = folder / "templates"
    environment = made_with(FileSystemLoader(texts))
    names = environment.list_templates(filter_func=is_template)
    environment.compile_templates(folder / COMPILED, filter_func=is_template, zip=None, ignore_errors=False)
    for name in names:
        module = folder / module_of(name)
        py_compile.compile(
            str(module.with_suffix(".py")),
            cfile=str(module),
            dfile=f"templates/{name}",
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
        module.with_suffix(".py").unlink()
        (texts / name).unlink()
