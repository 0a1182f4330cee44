"""What a person has written in a mail, and the files with it. Any bytes will do: what cannot be read is not read.

Pure, and of bounded cost: hostile mails are opened too, although only those of a sender who was found to be genuine.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from html import unescape

from chalicelib.kernel.texts import visible
from chalicelib.replies.limits import BoundedPolicy, check_lines

MARK = "##-"
"""Begins the line of our mails that answers are written above, in whichever language the rest of the line is."""
MAX_PARTS = 100
MAX_FILES_READ = 20
_MAX_TEXT_BYTES = 400_000
"""Of all parts with words, of each kind: an answer with many that it quotes."""
_MAX_LOGO_BYTES = 50_000
_MAX_ADDRESS = 1_000
_ADDRESS = r"[^\s<>,;:\"()\[\]\\@]+@[^\s<>,;:\"()\[\]\\@]+"
_NAMED = re.compile(rf"(?:\"(?:[^\"\\]|\\.)*\"|([^<>@]*?|{_ADDRESS}))\s*<({_ADDRESS})>")
_BARE = re.compile(_ADDRESS)
# The others are no encodings of text, or take the square of a length to read.
_ENCODINGS = re.compile(
    r"utf_8(_sig)?|utf_16(_be|_le)?|ascii|latin_1|iso8859_\d+|cp\d+|koi8_\w|mac_\w+|gb\w+|big5\w*|euc_\w+|shift_jis\w*"
    r"|iso2022_\w+|hz"
)
_TOKEN = re.compile(r"<!--.*?(?:-->|\Z)|<[/!?]?[A-Za-z\[][^<>]*>|[^<]+|<", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)")
_BLOCK = re.compile("address|article|blockquote|br|d[dlt]|div|h[1-6r]|li|ol|p|pre|section|table|tr|ul")
_UNREAD = frozenset({"head", "script", "style", "title"})
_QUOTE = "blockquote"

_QUOTED = re.compile(r"\s*>")
_SIGNATURE = re.compile(r"--\s?")
_MARKED = re.compile(rf"[\s>*|]*{MARK}")
_ORIGINAL = re.compile(
    r"[\s>*]*(?:-{2,}\s*(?:Original|Forwarded|Ursprüngliche|Weitergeleitete) (?:Message|Nachricht)\s*-{2,}|_{20,})\s*",
    re.IGNORECASE,
)
_HEADER_FROM = re.compile(r"[\s>*]*(?:From|Von):\*?\s+\S", re.IGNORECASE)
_HEADER_NEXT = re.compile(r"[\s>*]*(?:Sent|Date|To|Subject|Gesendet|Datum|An|Betreff):", re.IGNORECASE)
_WROTE_FROM = re.compile(r"[\s>*]*(?:On|Am)\b", re.IGNORECASE)
_WROTE = re.compile(r"\b(?:wrote|schrieb)\b", re.IGNORECASE)
_MAX_WROTE = 500
_DATED = re.compile(r"@|\d\d")
_WROTE_LINES = 3
_NO_ANSWER = frozenset({"bulk", "junk", "list", "auto_reply"})


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file of a mail, as it is called there."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a mail says, without what it quotes. `is_automatic`: no person has written it."""

    text: str = ""
    files: tuple[MailFile, ...] = ()
    is_automatic: bool = False
    is_readable: bool = True


UNREADABLE = Answer(is_readable=False)


def one_address(headers: Iterable[str]) -> str:
    """The address of `Jane <jane@example.com>`, of the only From of a mail; empty where it is not just one.

    Another address in the name, outside quotes, could be the sender of whom it was verified that they are genuine.
    """
    values = list(headers)
    text = values[0].strip() if len(values) == 1 else ""
    if len(text) > _MAX_ADDRESS:
        return ""
    found = _NAMED.fullmatch(text)
    if found is None:
        return text if _BARE.fullmatch(text) else ""
    name, address = (found[1] or "").lower(), found[2]
    return "" if "@" in name and name != address.lower() else address


def is_automatic(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether a program has answered, or a list sends it: https://www.rfc-editor.org/rfc/rfc3834."""
    for name, value in headers:
        said = value.strip().lower()
        match name.strip().lower():
            case "auto-submitted":
                found = not said.startswith("no")
            case "precedence":
                found = said in _NO_ANSWER
            case "x-auto-response-suppress":
                found = said not in {"", "none"}
            case "return-path":
                found = said == "<>"
            case "x-autoreply" | "x-autorespond" | "list-id" | "feedback-id":
                found = True
            case "content-type":
                found = said.startswith("multipart/report")
            case _:
                found = False
        if found:
            return True
    return False


def read_mail(raw: bytes) -> Answer:
    """What it says. Of what is not a mail, or is nested too deep, UNREADABLE."""
    try:
        check_lines(raw)
        message = message_from_bytes(raw, policy=BoundedPolicy())
        return _read(message)
    except Exception:  # noqa: BLE001 - the library raises what it likes at mails that no program would write
        return UNREADABLE


def answer_in(text: str) -> str:
    """The text without what it quotes, the line that says so, and the signature below `-- `."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = lines[: _end_of_answer(lines)]
    while kept and (not kept[-1].strip() or _QUOTED.match(kept[-1])):
        kept.pop()
    return visible("\n".join(_without_intro(kept)))


def html_text(html: str) -> str:
    """The words of a page, one line a block, without what it quotes. Its cost grows with its length."""
    out: list[str] = []
    unread, quotes = "", 0
    for token in _TOKEN.findall(html):
        tag = _TAG.match(token)
        if tag is None:
            if not (unread or quotes or token.startswith(("<!", "<?"))):
                out.append(" ".join(unescape(token).split(" ")).replace("\n", " ").replace("\r", ""))
            continue
        closes, name = bool(tag[1]), tag[2].lower()
        if unread:
            unread = "" if closes and name == unread else unread
        elif name in _UNREAD:
            unread = "" if closes or token.endswith("/>") else name
        elif name == _QUOTE:
            quotes = max(0, quotes - 1) if closes else quotes + 1
        if _BLOCK.fullmatch(name) and not (unread or quotes):
            out.append("\n")
    lines = (" ".join(line.split()) for line in "".join(out).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _read(message: Message) -> Answer:
    if sum(name.strip().lower() == "from" for name in message) > 1:  # SES reports the first headers alone
        return UNREADABLE
    if is_automatic((name, str(value)) for name, value in message.raw_items()):
        return Answer(is_automatic=True)
    plain: list[str] = []
    html: list[str] = []
    files: list[MailFile] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        name = _name_of(part)
        if kind in {"text/plain", "text/html"} and not name and part.get_content_disposition() != "attachment":
            texts = plain if kind == "text/plain" else html
            texts.append(_text_of(part, most=_MAX_TEXT_BYTES - sum(map(len, texts))))
        elif len(files) < MAX_FILES_READ and not _is_logo(part):
            files.append(MailFile(name or _unnamed(kind), _bytes_of(part)))
    text = answer_in("\n".join(plain)) if any(one.strip() for one in plain) else ""
    return Answer(text or answer_in(html_text("\n".join(html))), tuple(files))


def _leaves(message: Message) -> Iterator[Message]:
    """Parts that hold something, and a mail that is attached as one of them."""
    waiting, number = [message], 0
    while waiting:
        part = waiting.pop(0)
        number += 1
        if number > MAX_PARTS:
            raise ValueError("more parts than any answer has")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[:0] = [one for one in part.get_payload() if isinstance(one, Message)]
        else:
            yield part


def _name_of(part: Message) -> str:
    try:
        return str(part.get_filename("") or "")
    except Exception:  # noqa: BLE001 - see read_mail
        return ""


def _unnamed(kind: str) -> str:
    main, _, sub = kind.partition("/")
    return f"{main}.{sub}" if main in {"image", "application"} and sub.isalnum() else "file"


def _bytes_of(part: Message) -> bytes:
    if part.is_multipart():  # a mail that is attached, which is not among the types that are taken
        return b""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _is_logo(part: Message) -> bool:
    """A small picture that the page shows, as signatures have them."""
    is_shown = part.get_content_disposition() == "inline" or "content-id" in part
    return part.get_content_maintype() == "image" and is_shown and len(_bytes_of(part)) < _MAX_LOGO_BYTES


def _text_of(part: Message, *, most: int) -> str:
    data = _bytes_of(part)[: max(0, most)]
    return data.decode(_encoding(str(part.get_content_charset("utf-8"))), "replace")


def _encoding(named: str) -> str:
    try:
        name = codecs.lookup(named).name.replace("-", "_")
    except (LookupError, ValueError):
        return "utf-8"
    return name if _ENCODINGS.fullmatch(name) else "utf-8"


def _end_of_answer(lines: list[str]) -> int:
    for at, line in enumerate(lines):
        if _MARKED.match(line) or _SIGNATURE.fullmatch(line) or _ORIGINAL.fullmatch(line):
            return at
        if _HEADER_FROM.match(line) and any(_HEADER_NEXT.match(one) for one in lines[at + 1 : at + 3]):
            return at
        if _is_intro(line) and any(one.strip() for one in lines[at + 1 : at + 4]):
            return at
    return len(lines)


def _without_intro(lines: list[str]) -> list[str]:
    """Without the lines by which a program says whom it quotes, in whichever language: they name a sender."""
    for number in range(1, min(_WROTE_LINES, len(lines)) + 1):
        if _is_intro(" ".join(line.strip() for line in lines[-number:])):
            return lines[:-number]
    is_named = bool(lines) and lines[-1].rstrip().endswith(":") and "@" in lines[-1]
    return lines[:-1] if is_named else lines


def _is_intro(line: str) -> bool:
    said = line.strip()
    is_said = len(said) <= _MAX_WROTE and said.endswith(":") and _WROTE_FROM.match(said) and _WROTE.search(said)
    return bool(is_said and _DATED.search(said))
