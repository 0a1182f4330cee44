"""The form of the landing page: its fields, and the page that they describe."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from chalicelib.dealers.landing import model
from chalicelib.dealers.landing.model import Landing, Side, Slot, checked_link, without_words
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.web.staff.customise import colour_value
from chalicelib.web.staff.settings_form import OneOf, SettingField, plain_text, read_form

HOME = "/staff/landing-page"
PREVIEW = f"{HOME}/preview"
PICTURES = f"{HOME}/pictures"
UPLOAD = f"{HOME}/picture"
COLOURS = {"header": "nav_bg", "button": "btn_bg"}
"""The landing page's colours, and those of the portal that stand for them where they are not chosen."""
SIDES: Mapping[str, Any] = {
    "left": lazy_gettext("The left of the picture"),
    "middle": lazy_gettext("The middle"),
    "right": lazy_gettext("The right"),
}
_CHOOSE = lazy_gettext("Choose one of the list")


def _own_colour(text: str) -> str | None:
    """Nothing entered means the portal's."""
    return colour_value(text) if text else None


FIELDS = (
    *(SettingField(name, _own_colour) for name in COLOURS),
    *(SettingField(f"{slot.value}_words", plain_text(model.MAX_WORDS)) for slot in Slot),
    *(SettingField(f"{slot.value}_link", checked_link) for slot in Slot),
    SettingField("banner_side", OneOf({side: side for side in get_args(Side)}, _CHOOSE)),
    SettingField("title", plain_text(model.MAX_TITLE)),
    SettingField("description", plain_text(model.MAX_DESCRIPTION)),
    SettingField("share", OneOf({**{slot.value: slot for slot in Slot}, "none": None}, _CHOOSE)),
)
_PARTS = ("words", "link", "side")


def chosen(shown: Landing, form: Mapping[str, str]) -> tuple[Landing, dict[str, str]]:
    """The page that a form describes, over the one that it was filled with, and what of it cannot be used.

    A picker that was moved counts more than its text: without scripts nothing has filled that in.
    """
    picked = {
        name: form[f"{name}-picker"]
        for name in COLOURS
        if f"{name}-picker" in form and form[f"{name}-picker"] != form.get(f"was-{name}", "")
    }
    values, errors = read_form(FIELDS, {**form, **picked})
    for slot in Slot:
        parts = {part: values.pop(f"{slot.value}_{part}") for part in _PARTS if f"{slot.value}_{part}" in values}
        shown = shown.with_slot(slot, replace(shown.slot(slot), **parts))
    return replace(shown, **values), errors


def entries(landing: Landing) -> dict[str, str]:
    """What the form's fields are filled with, by their names."""
    slots = {f"{slot.value}_{part}": getattr(landing.slot(slot), part) for slot in Slot for part in ("words", "link")}
    return {**slots, "title": landing.title, "description": landing.description}


def slot_named(name: str) -> Slot:
    """Raises NotFoundError for what is none."""
    if name not in set(Slot):
        raise NotFoundError
    return Slot(name)


def without_picture(landing: Landing, name: str) -> Landing:
    slot = slot_named(name)
    return landing.with_slot(slot, replace(landing.slot(slot), picture=None))


def missing_words(landing: Landing) -> dict[str, str]:
    """A picture says something to people who do not see it."""
    return {
        f"{slot.value}_words": _("Say what the picture shows, for people who do not see it")
        if slot is Slot.BANNER
        else _("Enter the words under the picture")
        for slot in without_words(landing)
    }
