"""Where login leads back to: a page of the portal, as the reader had it, and never a file or another site."""

import re
from urllib.parse import parse_qsl, urlencode

from chalicelib.http.responses import is_local_path

MAX_RETURN_PATH = 1_000
"""Characters. A search of full length, each of its characters encoded, has 600."""
_FILE = re.compile(r"(?:(?:/rejects|/warnings)?\.csv|\.xlsx|/file|(?:/sent/[^/]+)?/pdf)\Z")
"""What the address of a file has after that of the page which links to it: a statement that was sent has no page."""
_OF_FILES = frozenset({"row", "save"})


def is_file(path: str) -> bool:
    """Whether this is the address of a file, which would leave the page before it on the screen."""
    return bool(_FILE.search(path.partition("?")[0]))


def return_path(wanted: str) -> str:
    """`wanted`, of a file its page with the same filters. A query that is too long goes; empty where it is no page."""
    if not is_local_path(wanted):
        return ""
    path, _, query = wanted.partition("?")
    if is_file(path):
        path = _FILE.sub("", path)
        query = urlencode([(name, value) for name, value in parse_qsl(query) if name not in _OF_FILES])
    for candidate in (f"{path}?{query}" if query else path, path):
        if len(candidate) <= MAX_RETURN_PATH and is_local_path(candidate):
            return candidate
    return ""
