"""The main journey through the deployed portal: operator, dealer, import, invitation, customer, PDF."""

import csv
import io
import mimetypes
import re
import subprocess
import time
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from infra.cloudformation.template import NOT_FOUND
from infra.local import demo_dealer
from infra.local.mails import Archive
from infra.local.process import LocalError
from infra.local.visitor import Visitor, post_file
from infra.package.functions import scheduled
from infra.rehearsal import outbox
from infra.rehearsal.bounce import publish_bounce
from infra.rehearsal.cloudfront import call_api, origins
from infra.rehearsal.deployment import Deployment, RehearsalError, variable_mismatches
from infra.rehearsal.documents import CONTENT, scan
from infra.rehearsal.functions import invoke_scheduled, queue_disabled
from infra.rehearsal.replies import send_reply
from infra.setup.paths import PYTHON, ROOT

REF, EMAIL = "1102", "greens@municipal-golf.example"
BOUNCED_REF, BOUNCED_NAME, BOUNCED_EMAIL = "1203", "Mr F Brown", "fritz.brown@brownfarm.example"
_ASKED, _REPLIED = "Where is the second hose", "It came this morning"
PASSWORD = "willow-copper-harbour-81"  # noqa: S105 - of a customer who lives for a minute
MOBILE = "+447400123456"
"""The example that libphonenumber gives; the local SNS sends nothing anywhere."""
_CODE = re.compile(r"\d{6}")
_BALANCE = re.compile(r"<dt>(?:<a[^>]*>)?Balance(?:</a>)?</dt><dd[^>]*>([^<]+)")
_INVOICE = re.compile(r'href="(/invoices/[^"]+)"')
_DOCUMENT = re.compile(r'href="(/staff/documents/[^"/]+/[0-9A-Z]{26})"')
_SCANNED = "QuarantineScanned"
"""The one rule that is no schedule."""
_MAIL_SECONDS = 75
_DOCUMENT_SECONDS = 60


@dataclass(slots=True)
class Walk:
    """Its steps in order. Each raises RehearsalError or LocalError with one sentence."""

    deployment: Deployment
    assets: Path
    state: Path
    port: int
    customer: Visitor = field(init=False)
    staff: Visitor = field(init=False)
    balance: str = ""

    def __post_init__(self) -> None:
        self.customer, self.staff = Visitor(self.port), Visitor(self.port)

    @property
    def steps(self) -> dict[str, Callable[[], None]]:
        """Description and step."""
        return {
            "the functions have the variables that they read": self.variables,
            "assets come through the distribution": self.put_assets,
            "calls past the distribution are refused": self.direct_call,
            "operator, dealer, presigned upload, import": self.dealer,
            "each schedule runs in its own role": self.schedules,
            "a schedule sends the invitation, and it is completed": self.invitation,
            "a mail that bounces is shown to staff": self.bounce,
            "a text message proves the customer's mobile number": self.text_message,
            "the customer sees the balance": self.see_balance,
            "the customer downloads the PDF": self.download,
            "the customer sends a document, and staff fetch it": self.document,
            "a reply by mail is added to its conversation": self.reply,
            "the dealer's system fetches what has happened from its outbox": self.outbox,
        }

    def variables(self) -> None:
        if wrong := variable_mismatches(self.deployment):
            raise RehearsalError("; ".join(wrong) + ".")

    def put_assets(self) -> None:
        """As `aws s3 sync` does; one is fetched through the distribution."""
        s3, bucket = self.deployment.client("s3"), self.deployment.outputs["AssetsBucket"]
        for path in self.assets.rglob("*"):
            if path.is_file():
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                key = f"assets/{path.relative_to(self.assets)}"
                s3.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ContentType=kind)
        with urlopen(f"http://127.0.0.1:{self.port}/assets/css/theme.css", timeout=10) as answer:
            _must(
                answer.headers["Content-Type"] == "text/css", "The stylesheet does not come through the distribution."
            )

    def direct_call(self) -> None:
        """The API's own address answers nobody who lacks the secret; an unknown path is a page, not JSON."""
        found = origins(self.deployment)
        answer, _ = call_api(self.deployment.url, found, "GET", "/login", {"Accept": "text/html"})
        _must(answer.status == 403, f"A call past the distribution was answered with {answer.status}, not 403.")  # noqa: PLR2004
        visitor = Visitor(self.port)
        _must(visitor.get("/no/such/page") == 404, f"An unknown path is answered with {visitor.status}, not 404.")  # noqa: PLR2004
        _must(visitor.html == NOT_FOUND.read_text(), "An unknown path is not answered with our page.")
        _must(visitor.get("/login") == 200, f"The login page answered {visitor.status} through the distribution.")  # noqa: PLR2004

    def dealer(self) -> None:
        """Created by the operator, invited by mail, its account completed, its export uploaded and imported."""
        demo_dealer.load(self.port, self.deployment.environment(), self._mails, self.state)

    def schedules(self) -> None:
        rules, wanted = self.deployment.resources("AWS::Events::Rule").keys() - {_SCANNED}, scheduled()
        missing = [name for name in wanted if not any(rule.startswith(name) for rule in rules)]
        _must(not missing, f"No schedule calls {', '.join(missing)}.")
        _must(len(rules) == len(wanted), f"{len(rules)} schedules are deployed, not {len(wanted)}.")
        invoke_scheduled(self.deployment, *wanted)

    def invitation(self) -> None:
        """Staff invite a customer, a schedule sends the mail; its link sets a password and the customer logs in."""
        with queue_disabled(self.deployment, "OutboxMessages"):
            since = self._invited(REF)
            invoke_scheduled(self.deployment, "SendOutbox")  # unless its rule has just done so
            path = self._mails.invitation(EMAIL, since=since, seconds=_MAIL_SECONDS)
        self.customer.get(path)
        self.customer.submit(path, password=PASSWORD)
        _must(self.customer.status == 303, f"Completing the account was answered with {self.customer.status}.")  # noqa: PLR2004
        self.customer.get(f"/d/{demo_dealer.SLUG}/login")
        self.customer.submit(f"/d/{demo_dealer.SLUG}/login", email=EMAIL, password=PASSWORD)
        _must(self.customer.status == 303, f"The customer's login was answered with {self.customer.status}.")  # noqa: PLR2004

    def bounce(self) -> None:
        """Another invitation bounces, and the list of accounts shows it."""
        since = self._invited(BOUNCED_REF)
        self._mails.invitation(BOUNCED_EMAIL, since=since, seconds=_MAIL_SECONDS)
        publish_bounce(self.deployment, slug=demo_dealer.SLUG, ref=BOUNCED_REF, email=BOUNCED_EMAIL)
        deadline = time.monotonic() + _MAIL_SECONDS
        while BOUNCED_NAME not in self.staff.html and time.monotonic() < deadline:
            time.sleep(0.5)
            self.staff.get("/staff/accounts?status=bounced")
        _must(BOUNCED_NAME in self.staff.html, "Staff are not shown that a mail bounced.")

    def text_message(self) -> None:
        """Offered by the dealer, sent through SNS by a function whose role reaches numbers and no topics."""
        self.staff.get("/staff/settings")
        self.staff.submit("/staff/settings", sms_codes="yes")
        self.customer.get("/account/security/sms")
        self.customer.submit("/account/security/sms", number=MOBILE, current_password=PASSWORD)
        _must(self.customer.status == 303, f"The mobile number was answered with {self.customer.status}.")  # noqa: PLR2004
        code, deadline = None, time.monotonic() + _MAIL_SECONDS
        while code is None and time.monotonic() < deadline:
            time.sleep(0.5)
            texts = (one.text for one in self._mails.messages() if one.kind == "sms" and one.to == MOBILE)
            code = next(filter(None, map(_CODE.match, texts)), None)
        _must(code is not None, "No text message came through SNS.")
        self.customer.get("/account/security/sms")
        self.customer.submit("/account/security/sms/confirm", code=code[0] if code else "")
        _must(self.customer.status == 303, f"The code of the text message was answered with {self.customer.status}.")  # noqa: PLR2004
        self.customer.get("/account/security")
        _must(f"•••{MOBILE[-3:]}" in self.customer.html, "The customer's Security does not name the number.")

    def see_balance(self) -> None:
        """It is the sum of the export."""
        _must(self.customer.get("/transactions") == 200, f"The transactions answered {self.customer.status}.")  # noqa: PLR2004
        shown = _BALANCE.search(self.customer.html)
        _must(shown is not None, "The page of transactions shows no balance.")
        self.balance = shown[1] if shown else ""
        wanted = _exported_balance(REF)
        seen = Decimal(re.sub(r"[^\d.]", "", self.balance))
        _must(seen == abs(wanted), f"The customer sees {self.balance}, and the export says {wanted}.")

    def download(self) -> None:
        """The presigned link serves a PDF, and a changed signature nothing."""
        for link in dict.fromkeys(_INVOICE.findall(self.customer.html)):
            self.customer.get(f"{link.split('?')[0]}/pdf?{link.partition('?')[2]}")
            if self.customer.location.startswith("http"):
                break
        address = self.customer.location
        _must(address.startswith("http"), f"No invoice leads to a PDF: {self.customer.status} at {self.customer.path}.")
        try:
            with urlopen(address, timeout=20) as answer:
                _must(answer.read(5) == b"%PDF-", "What was downloaded is no PDF.")
        except HTTPError as error:
            raise RehearsalError(f"The PDF's link was answered with {error.code}: {error.read()[:300]!r}") from error
        try:
            urlopen(address.replace("Signature=", "Signature=0"), timeout=20).close()
        except HTTPError:
            return
        raise RehearsalError("A link with another signature opens the PDF too.")

    def document(self) -> None:
        """Announced, stored in quarantine, checked, scanned, accepted; staff fetch the same bytes."""
        before = scan(self.deployment)  # what the demo dealer shares with its customer
        self.customer.get("/documents")
        self.customer.submit("/documents", purpose="remittance")
        self.customer.get(self.customer.location)
        form = next(form for form in self.customer.page.forms if "key" in form.fields)
        try:
            back = post_file(form.action, form.fields, "may.csv", CONTENT)
        except LocalError as error:
            raise RehearsalError(str(error)) from error
        _must("/documents?sent=1" in back, f"The storage sends the browser to {back}, not back to its page.")
        _must(scan(self.deployment) == before + 1, "Nothing has come into quarantine.")
        deadline = time.monotonic() + _DOCUMENT_SECONDS
        link = None
        while link is None and time.monotonic() < deadline:
            time.sleep(0.5)
            self.staff.get("/staff/documents")
            link = _DOCUMENT.search(self.staff.html)
        _must(link is not None, "Staff are not shown a document that was checked and scanned.")
        self.staff.get(f"{link[1] if link else ''}/file")
        with urlopen(self.staff.location, timeout=20) as answer:
            _must(answer.read() == CONTENT, "What staff fetch is not what the customer sent.")
            kind = answer.headers["Content-Disposition"]
        _must(kind.startswith("attachment"), f"A document is served as {kind}, not as an attachment.")

    def outbox(self) -> None:
        """An admin chooses files; a schedule takes what waits, another writes it, and a role of its own gets it."""
        self.staff.get("/staff/feed")
        self.staff.submit("/staff/feed/taker", taker="files")
        for schedule in ("TakeFeed", "SendOutbox"):
            invoke_scheduled(self.deployment, schedule)
        found = outbox.fetch(self.deployment, demo_dealer.SLUG)
        accepted = b"".join(content for name, content in found.items() if name.startswith("invitation_accepted_"))
        _must(
            EMAIL.encode() in accepted,
            f"The accepted invitation is not in the dealer's outbox, only {', '.join(found) or 'nothing'}.",
        )

    def check_after_update(self, marker: str) -> None:
        """The new code serves, the session survives, the balance is unchanged."""
        deadline = time.monotonic() + 60
        while True:
            _must(self.customer.get("/transactions") == 200, "The customer's session did not outlive the update.")  # noqa: PLR2004
            if marker in self.customer.html or time.monotonic() > deadline:
                break
            time.sleep(0.5)
        _must(marker in self.customer.html, "The update did not bring the new code.")
        _must(f">{self.balance}<" in self.customer.html, "After the update the balance is another.")

    def reply(self) -> None:
        """Of a customer, to a question of theirs: by topic and queue to the function that reads it in the mail role."""
        self.customer.get("/messages/new")
        self.customer.submit("/messages/new", subject=_ASKED, text=_ASKED)
        _must(self.customer.status == 303, f"A question was answered with {self.customer.status}.")  # noqa: PLR2004
        page = self.customer.location.partition("?")[0]
        thread_id = page.rpartition("/")[2]
        send_reply(self.deployment, slug=demo_dealer.SLUG, ref=REF, thread_id=thread_id, email=EMAIL, text=_REPLIED)
        deadline = time.monotonic() + _MAIL_SECONDS
        while _REPLIED not in self.customer.html and time.monotonic() < deadline:
            time.sleep(0.5)
            self.customer.get(page)
        _must(_REPLIED in self.customer.html, "A reply by mail does not reach its conversation.")

    def _invited(self, ref: str) -> float:
        """Have staff invite an account; the time."""
        if not self.staff.path.startswith("/staff"):
            self.staff.get(f"/d/{demo_dealer.SLUG}/login")
            self.staff.submit(f"/d/{demo_dealer.SLUG}/login", email=demo_dealer.EMAIL, password=demo_dealer.PASSWORD)
        self.staff.get(f"/staff/accounts?q={ref}")
        began = time.time()
        self.staff.submit("/staff/accounts/invite", only=_part(ref))
        _must(self.staff.status == 303, f"The invitation was answered with {self.staff.status}.")  # noqa: PLR2004
        return began

    @property
    def _mails(self) -> Archive:
        return Archive(self.state / "mails", self.deployment.url)


def _exported_balance(ref: str) -> Decimal:
    """The sum of outstanding amounts in today's demo export, which is reproducible."""
    with TemporaryDirectory() as folder:
        make = [PYTHON, "-m", "infra.demo_export", "--size", "demo", "--dealer-code", demo_dealer.CODE, "--out", folder]
        subprocess.run([str(part) for part in make], cwd=ROOT, check=True, capture_output=True)
        (bundle,) = Path(folder).iterdir()
        return sum(
            (Decimal(row["outstanding_amount"]) for row in _rows(bundle) if row["account_ref"] == ref), Decimal(0)
        )


def _rows(bundle: Path) -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(bundle) as archive:
        yield from csv.DictReader(io.StringIO(archive.read("transactions.csv").decode("utf-8-sig")))


def _part(ref: str) -> str:
    return urlsafe_b64encode(ref.encode()).rstrip(b"=").decode()


def _must(holds: bool, sentence: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not holds:
        raise RehearsalError(sentence)
