"""Countries, by their two letters of ISO 3166."""

from collections.abc import Mapping

_OF_LANGUAGE: Mapping[str, str] = {
    "en": "GB",
    "cs": "CZ",
    "da": "DK",
    "el": "GR",
    "et": "EE",
    "ga": "IE",
    "nb": "NO",
    "sl": "SI",
    "sv": "SE",
    "uk": "UA",
}
"""The country of a language that is not named like it."""


def country_of(locale: str) -> str:
    """The country where a locale is used most: `en-GB` -> `GB`, `de` -> `DE`."""
    language, _, region = locale.partition("-")
    return region or _OF_LANGUAGE.get(language, language.upper())
