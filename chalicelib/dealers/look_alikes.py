"""Names that read like another: a mail that seems to come from another dealer, or from the portal itself. Pure."""

import re
from collections.abc import Iterator
from unicodedata import combining, name, normalize

MAX_WORDS = 10
"""Of a sender: each run of words is looked up by itself."""
_ALIKE = str.maketrans(
    {
        **dict(zip("авесԁгһіјкӏмнорԛѕтухѵԝь", "abecdrhljklmhopqstyxvwb", strict=True)),  # Cyrillic
        **dict(zip("αβεηικνορτυχγ", "abenlkvoptuxy", strict=True)),  # Greek
        **dict(zip("013456789", "oleasbtbg", strict=True)),
        **dict(zip("iɩıɡɑʟ|$øłđ", "lllgallsold", strict=True)),  # noqa: RUF001 - of several alphabets
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_WORD = re.compile(r"(?:[^\W_]|[|$])+(?:['’\u02bc](?:[^\W_]|[|$])+)*")
_POSSESSIVE = re.compile(r"['’\u02bc]s?$")
_ALPHABETS = frozenset({"LATIN", "GREEK", "CYRILLIC"})
_LAST_LATIN = "\u017f"
"""Later ones are letters of phonetics and of few languages, many of which look like another."""
_FORMS = frozenset({"co", "company", "gmbh", "inc", "limited", "llc", "llp", "ltd", "plc"})
"""What a company's name may end with, and nobody reads."""


def skeleton(text: str) -> str:
    """The same for names that are easily taken for each other; empty where a name has no letters and no digits."""
    return _joined(_words(text))


def skeletons_within(text: str) -> Iterator[str]:
    """Of the whole text, and of each two or more of its words that stand together: at most MAX_WORDS of them.

    Also without the endings of possession: “Moorbeck's team” is Moorbeck.

    One word of several is nobody's name: many firms are called after the same family, place or trade.
    """
    words = _words(text)[:MAX_WORDS]
    found = set()
    for some in (words, [_POSSESSIVE.sub("", word) for word in words]):
        found.add(_joined(some))
        for first in range(len(some)):
            found |= {_joined(some[first:end]) for end in range(first + 2, len(some) + 1)}
    yield from sorted(found - {""})


def is_one_alphabet(text: str) -> bool:
    """Whether all letters are of the Latin, the Greek or the Cyrillic alphabet, as languages of Europe write it."""
    names = {name(one, ""): one for one in normalize("NFKD", text) if one.isalpha()}
    alphabets = {named.partition(" ")[0] for named in names}
    has_rare = any(named.startswith("LATIN") and one > _LAST_LATIN for named, one in names.items())
    return len(alphabets) <= 1 and alphabets <= _ALPHABETS and not has_rare


def word_count(text: str) -> int:
    """How many words it has."""
    return len(_WORD.findall(text))


def _words(text: str) -> list[str]:
    words = _WORD.findall(normalize("NFKC", text).casefold())
    while len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    return words


def _joined(words: list[str]) -> str:
    plain = "".join(letter for letter in normalize("NFKD", "".join(words)) if not combining(letter))
    read = "".join(letter for letter in plain.translate(_ALIKE) if letter.isalnum())
    for pair, one in _PAIRS:
        read = read.replace(pair, one)
    return read
