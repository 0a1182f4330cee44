"""Calls over the network, repeated while that may help."""

import http.client
import json
import sys
import time
import urllib.error
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

from infra.upload_client.exits import NOT_SENT, WRONG_USE, Stop

ATTEMPTS = 5
PAUSE = 1.0
TOO_MANY = 429
GIVE_UP = {400, 401, 403, 404, 409, 413, 422}
T = TypeVar("T")


def repeat(attempt: Callable[[], T], what: str) -> T:
    """Retry lost connections and busy servers with exponential backoff. A refusal is final."""
    for number in range(ATTEMPTS):
        try:
            return attempt()
        except urllib.error.HTTPError as error:
            # A limit of the portal says when it ends; a throttle in front of it does not, and is soon over.
            if error.code in GIVE_UP or (error.code == TOO_MANY and "Retry-After" in error.headers):
                stop_with_reason(error)
            problem = f"the server answered {error.code}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            problem = str(error)
        print(f"{what}: {problem}", file=sys.stderr)
        if number < ATTEMPTS - 1:
            time.sleep(PAUSE * 2**number)
    raise Stop(NOT_SENT, f"Gave up {what}. Run the same command again.")


def stop_with_reason(error: urllib.error.HTTPError) -> NoReturn:
    """Stop with the server's message."""
    text = error.read(4000).decode("utf-8", "replace")
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        said = json.loads(text)
        text = coded(said.get("code"), said["message"])
    raise Stop(WRONG_USE if error.code in {401, 422} else NOT_SENT, text)


def coded(code: str | None, message: str) -> str:
    """A message after its code, with which docs/export-format.md lists it."""
    return f"{code}: {message}" if code else message
