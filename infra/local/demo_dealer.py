"""The demo dealer, made by the public interfaces alone: the operator's command, its mail, pages, the upload client."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from infra.local import demo_documents
from infra.local.mails import Archive
from infra.local.process import LocalError
from infra.local.visitor import Visitor
from infra.setup.paths import PYTHON, ROOT

SLUG = "moorbeck"
CODE = "MOORBECK"
EMAIL = "anna.reed@moorbeck.example"
PASSWORD = "barley-lantern-drizzle-42"  # noqa: S105 - it is printed on purpose

_DEALER = {
    "name": "Moorbeck Machinery",
    "slug": SLUG,
    "code": CODE,
    "contact-email": EMAIL,
    "phone": "01632 960 014",
    "vat-number": "GB 123 4567 82",
    "address": "Beck Lane, Castleton, Whitby YO21 6XX",
    "tagline": "Sales, parts and service",
    "user-allowance": "10",
    "invite-allowance": "500",
    "staff-second-factor": "no",  # a newcomer logs in with what is printed, however often
}
_LOGO = ROOT / "infra" / "demo_export" / "moorbeck.png"
_API_KEYS = "/staff/imports/api-keys"
_MAIL_SECONDS = 90
_LOOK_SECONDS = 0.5


def load(port: int, environment: Mapping[str, str], mails: Archive, state: Path) -> None:
    """The dealer, its first admin, an export as of today and two documents, unless they exist. Raises LocalError.

    A file in `state` marks completion; a table that was lost since then shows at the dealer's address.
    """
    visitor = Visitor(port)
    done = state / "demo-loaded"
    is_there = visitor.get(f"/d/{SLUG}") != HTTPStatus.NOT_FOUND
    if is_there and done.exists():
        return
    print("  Loading the demo dealer ...", flush=True)
    if is_there and _log_in(visitor):
        _furnish(visitor, port)
    else:
        since = time.time()
        if _create_dealer(environment):
            _complete_account(visitor, mails, since)
            _log_in(visitor)
            _furnish(visitor, port)
    done.touch()


def _create_dealer(environment: Mapping[str, str]) -> bool:
    """Create the dealer, or finish an interrupted start. False if its admin has set a password."""
    options = [text for name, value in _DEALER.items() for text in (f"--{name}", value)]
    command = ["-m", "infra.operator_commands.cli", "create-dealer", "--actor", "demo", "--invite-again", *options]
    is_invited = "Queued" in _run(command, environment)
    _run(["-m", "infra.operator_commands.cli", "set-logo", CODE, _LOGO, "--actor", "demo"], environment)
    return is_invited


def _complete_account(visitor: Visitor, mails: Archive, since: float) -> None:
    """An interrupted start may have left a mail whose link ends when the newer one is sent: then that one is used."""
    deadline = time.monotonic() + _MAIL_SECONDS
    while True:
        path = mails.invitation(EMAIL, since=since, seconds=_MAIL_SECONDS)
        if visitor.get(path) == HTTPStatus.OK:
            visitor.submit(path, password=PASSWORD)
        if visitor.status != HTTPStatus.NOT_FOUND or time.monotonic() > deadline:
            break
        time.sleep(_LOOK_SECONDS)
    _must(visitor, "set the demo dealer's password")


def _log_in(visitor: Visitor) -> bool:
    """False if the printed login does not work."""
    visitor.get(f"/d/{SLUG}/login")
    visitor.submit(f"/d/{SLUG}/login", email=EMAIL, password=PASSWORD)
    return bool(visitor.location)


def _furnish(visitor: Visitor, port: int) -> None:
    visitor.get("/staff/imports")
    if "/staff/imports/1" not in visitor.html:
        _import(visitor, port)
    demo_documents.share(visitor)


def _import(visitor: Visitor, port: int) -> None:
    """Create an API key, send today's export with the upload client, and revoke the key."""
    visitor.get(_API_KEYS)
    visitor.submit(_API_KEYS, name="Demo export")
    visitor.get(_API_KEYS)
    _must(visitor, "make an API key")
    page = visitor.page
    with tempfile.TemporaryDirectory() as folder:
        _run(["-m", "infra.demo_export", "--size", "demo", "--dealer-code", CODE, "--out", folder])
        (bundle,) = Path(folder).iterdir()
        credentials = {"CCX_PORTAL": f"http://localhost:{port}", "CCX_KEY": page.secrets[0]}
        _run(["-m", "infra.upload_client", bundle, "--wait", "120"], credentials)
    revocations = {form.action for form in page.forms if form.action.endswith("/revoke")}
    for path in revocations:  # that of an interrupted start, too
        visitor.get(_API_KEYS)
        visitor.submit(path)


def _must(visitor: Visitor, what: str) -> None:
    if visitor.status not in {HTTPStatus.OK, HTTPStatus.SEE_OTHER}:
        raise LocalError(f"The demo could not {what}: the portal answered {visitor.status} at {visitor.path}.")


def _run(arguments: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> str:
    command = [str(part) for part in (PYTHON, *arguments)]
    env = {**os.environ, **(environment or {})}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        output = (done.stderr or done.stdout).strip()
        raise LocalError(f"The demo stopped at `{' '.join(command[1:4])}`: {output}")
    return done.stdout
