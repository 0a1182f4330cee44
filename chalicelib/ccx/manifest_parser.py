"""Reads manifest.json. What is wrong with it is said by naming the field and what it should hold."""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError
from chalicelib.ccx.manifest import FIRST_YEAR, LAST_SEQUENCE, LAST_YEAR, VERSION, Manifest
from chalicelib.ccx.manifest_fields import MANIFEST, FieldError, read_fields
from chalicelib.ccx.messages import Phrase, phrase
from chalicelib.kernel.i18n import lazy_gettext

AHEAD = timedelta(days=366)
_WANTED: Mapping[str, Phrase] = {
    "format": phrase(lazy_gettext("%(example)s, in quotes"), example="ccx"),
    "version": phrase(lazy_gettext("%(example)s, in quotes"), example="1.0"),
    "dealer_code": phrase(lazy_gettext("your dealer code: 2 to 32 letters, digits, _ and -")),
    "export_id": phrase(lazy_gettext("a UUID, a new one for each export")),
    "sequence": phrase(lazy_gettext("a whole number from %(low)s to %(high)s"), low=1, high=LAST_SEQUENCE),
    "previous_export_id": phrase(lazy_gettext("the export_id of the export before, or null")),
    "generated_at": phrase(
        lazy_gettext("a moment in the years %(first)s to %(last)s, for example %(example)s"),
        first=str(FIRST_YEAR),
        last=str(LAST_YEAR),
        example="2024-06-05T06:00:00Z",
    ),
    "as_at": phrase(
        lazy_gettext("a date in the years %(first)s to %(last)s, at most a year ahead, for example %(example)s"),
        first=str(FIRST_YEAR),
        last=str(LAST_YEAR),
        example="2024-06-05",
    ),
    "timezone": phrase(lazy_gettext("a time zone, for example %(example)s"), example="Europe/London"),
    "base_currency": phrase(lazy_gettext("a currency code, for example %(example)s"), example="GBP"),
    "files": phrase(lazy_gettext("a list with one entry for each CSV file")),
    "path": phrase(lazy_gettext("the name of the file in the zip, for example %(example)s"), example="customers.csv"),
    "entity": phrase(lazy_gettext("the name of the file without .csv, for example %(example)s"), example="customers"),
    "mode": phrase(lazy_gettext("%(example)s, in quotes"), example="full"),
    "rows": phrase(lazy_gettext("a whole number")),
    "bytes": phrase(lazy_gettext("a whole number")),
    "count": phrase(lazy_gettext("a whole number")),
    "sha256": phrase(lazy_gettext("the SHA-256 of the file in 64 hexadecimal digits")),
    "history_from": phrase(lazy_gettext("a date, for example %(example)s"), example="2024-06-05"),
    "open_items": phrase(lazy_gettext("true or false, without quotes")),
    "totals": phrase(
        lazy_gettext("sums with as many decimals as their currency has, for example %(example)s"),
        example='{"outstanding_amount": {"GBP": "37.46"}}',
    ),
}
_FILE = phrase(lazy_gettext("the file"))
_JSON = phrase(lazy_gettext("one JSON object"))
_AS_DESCRIBED = phrase(lazy_gettext("the expected value"))
_MISSING = phrase(lazy_gettext("is missing"))
_UNUSABLE = phrase(lazy_gettext("is not valid here"))


def parse_manifest(data: bytes) -> Manifest:
    """Raises BundleError that names the first field it cannot use."""
    raw = _json(data)
    version = raw.get("version")
    if isinstance(version, str) and not version.startswith(VERSION):
        raise BundleError(Code.B013_VERSION, "manifest.json", version=version[:20])
    try:
        manifest = Manifest(**read_fields(raw, MANIFEST))
    except FieldError as error:
        raise _bad_field(error) from None
    for names in ([f.path for f in manifest.files], [f.entity for f in manifest.files]):
        if len(set(names)) < len(names):
            once = phrase(lazy_gettext("each file once"))
            raise _bad("files", phrase(lazy_gettext("lists a file twice")), once)
    return manifest


def check_as_at(manifest: Manifest, *, today: date) -> None:
    """Figures may be true for a day a little ahead; one years away is a slip. Raises BundleError."""
    if manifest.as_at > today + AHEAD:
        raise _bad("as_at", phrase(lazy_gettext("is more than a year ahead")), _WANTED["as_at"])


def too_large() -> BundleError:
    """A manifest of more than `MAX_BYTES`."""
    return _bad(_FILE, phrase(lazy_gettext("is larger than 256 KiB")), phrase(lazy_gettext("what the format asks for")))


def _json(data: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(_utf8(data), parse_float=Decimal, object_pairs_hook=_no_name_twice)
    except _RepeatedError as error:
        once = phrase(lazy_gettext("each name once"))
        raise _bad(error.name, phrase(lazy_gettext("appears twice")), once) from None
    except (ValueError, ArithmeticError, RecursionError):
        raise _bad(_FILE, phrase(lazy_gettext("is not JSON")), _JSON) from None
    if not isinstance(raw, dict):
        raise _bad(_FILE, _UNUSABLE, _JSON)
    return raw


def _utf8(data: bytes) -> str:
    with suppress(UnicodeDecodeError):
        text = data.decode("utf-8-sig")
        if "\0" not in text:  # as in UTF-16 without a mark
            return text
    raise _bad(_FILE, phrase(lazy_gettext("is not UTF-8 text")), phrase(lazy_gettext("UTF-8 text")))


def _bad_field(error: FieldError) -> BundleError:
    place = error.place
    wanted = next(
        (_WANTED[name] for name in reversed(place) if isinstance(name, str) and name in _WANTED), _AS_DESCRIBED
    )
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place).removeprefix(".")
    return _bad(key, _MISSING if error.missing else _UNUSABLE, wanted)


def _bad(key: str | Phrase, problem: Phrase, what: Phrase) -> BundleError:
    shown = key[:80] if isinstance(key, str) else key
    return BundleError(Code.B012_BAD_MANIFEST, "manifest.json", key=shown, problem=problem, what=what)


class _RepeatedError(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        raise _RepeatedError(Counter(name for name, _ in pairs).most_common(1)[0][0])
    return out
