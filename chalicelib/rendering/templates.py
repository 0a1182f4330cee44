"""Jinja, once: escapes by default, stops at a name that is not there, and is given everything it shows."""

from functools import cache
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, ModuleLoader, StrictUndefined, select_autoescape
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Template

from chalicelib.kernel import i18n
from chalicelib.rendering import brand
from chalicelib.rendering.assets import asset
from chalicelib.rendering.contact import dialled, initials
from chalicelib.rendering.paragraphs import paragraphs
from chalicelib.rendering.paths import template_root

_BRAND = {
    name: getattr(brand, name)
    for name in (
        "brand_address",
        "fitted",
        "frame_address",
        "frame_class",
        "icon_address",
        "logo_address",
        "needs_plate",
        "readable_text",
        "shows_on_paper",
    )
}


class _CodeGenerator(CodeGenerator):
    """Has templates escape to plain text. Jinja joins what they put out at once, so Markup around each value is lost.

    It is made a thousand times a page: a third of what rendering takes.
    """

    def visit_Template(self, node: Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's
        super().visit_Template(node, frame)
        self.writeline("from chalicelib.rendering import escaping; escape = escaping.escape_to_text")


class _Environment(Environment):
    code_generator_class = _CodeGenerator


@cache
def environment() -> Environment:
    """The one environment of this process. The deployed zip has no texts but modules made of them."""
    compiled = template_root() / "compiled"
    return made_with(ModuleLoader(compiled) if compiled.is_dir() else FileSystemLoader(template_root()))


def made_with(loader: BaseLoader) -> Environment:
    """An environment for templates of this loader. Text templates (mail subjects and bodies) are not escaped."""
    # Tested control: autoescape
    made = _Environment(
        loader=loader,
        autoescape=select_autoescape(("html", "svg", "xml"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(i18n.gettext, i18n.ngettext, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    made.globals.update(asset=asset, language=i18n.language, **_BRAND)
    made.filters.update(dialled=dialled, initials=initials, paragraphs=paragraphs)
    made.globals["_"] = made.globals["gettext"]  # the extension's own `_` looks it up at each call
    return made


def render(name: str, context: dict[str, Any]) -> str:
    """The text of templates/`name`. Raises jinja2.UndefinedError for a name that `context` lacks."""
    return environment().get_template(name).render(context)
