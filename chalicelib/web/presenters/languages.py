"""Languages by the names that their readers know."""

from collections.abc import Iterable


def language_names(locales: Iterable[str]) -> list[tuple[str, str]]:
    """Locales with what each is called in itself: `de` is Deutsch."""
    from babel import Locale

    named = [(one, Locale.parse(one, sep="-").get_display_name() or one) for one in locales]
    return [(one, name[:1].upper() + name[1:]) for one, name in named]
