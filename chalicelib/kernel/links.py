"""Whether a text of a customer, in a mail with a dealer's head, could lead its reader somewhere."""

import re
import unicodedata

_MARKED = re.compile(
    r"[<>@]|//\w|\]\(|\b(?:https?|ftp|mailto|tel|smsto|sms|callto|facetime|skype|whatsapp):", re.IGNORECASE
)
_DOTS = ".\N{IDEOGRAPHIC FULL STOP}\N{KATAKANA MIDDLE DOT}"
_DOTTED = re.compile(rf"(?<![\w-])[\w-]+(?:[{_DOTS}][\w-]+)+")
_DOT = re.compile(f"[{_DOTS}]")
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""What nobody sees although it is a letter or a mark: https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point."""
_IPV4_PARTS = 4


def plain(text: str) -> str:
    """As its reader sees it: in the usual form of each character, without those that are not seen."""
    usual = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in usual if unicodedata.category(c) not in {"Cf", "Cs", "Cn"})
    # What is not seen may have kept others from being composed.
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", seen))


def holds_link(text: str) -> bool:
    """Whether a mail program could make a link of it, or it holds markup.

    Two words with a full stop between and no space are a name of the internet too.
    """
    seen = plain(text)
    return bool(_MARKED.search(seen)) or any(_is_host(found) for found in _DOTTED.findall(seen))


def _is_host(text: str) -> bool:
    *labels, last = _DOT.split(text.lower())
    if last.isalpha() or last.startswith("xn--"):
        return len(last) > 1 and any(not label.isdigit() for label in labels)
    return len(labels) + 1 == _IPV4_PARTS and all(label.isdigit() for label in (*labels, last))
