"""A process full of sessions that read while exports come and go: `python -m tests.soak.reading.readers FOLDER NUMBER`.

It opens its sessions, says so, and reads until it has to stop. What it found is in the folder then.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from app import app
from chalicelib import services, settings
from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.identity import repo as identity
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.operations import open_session
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import CustomerScope, IdentityScope, TenantScope
from chalicelib.ledger import queries as ledger
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from infra.iam import guard
from tests.soak.reading.marked import LOTS, Book, Size
from tests.web.client import Page, Visitor

HOME = "/transactions"
COLD = 8
"""Every so many looks the process asks anew what is published, as a fresh one would; else it does after 5 seconds."""
AS_OF = re.compile(r"As of (\d{1,2} [A-Z][a-z]{2})t? (\d{4})")
"""The date of the figures; `Sept` is the one month of four letters."""
ROW = re.compile(r'data-slot="title"><a [^>]*>E(\d+)([RS]\d+)</a>')
CELL = re.compile(r"\bE(\d+)([RS]\d+)\b")
NAMED = re.compile(r">Customer (\w+) E(\d+)</a>")
TOO_MANY = 429
PAUSE_SECONDS = 0.15
"""Between two looks, so that all processes together leave the importer something of a small machine."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every process is told. `people` are (person id, account or empty for staff)."""

    dealer_id: str
    people: Sequence[tuple[str, str]]
    sessions: int
    book: Book

    @classmethod
    def parse(cls, text: str) -> "Plan":
        """What `dump` wrote."""
        values = json.loads(text)
        book = values["book"]
        sizes = {name: Size(*book[name]) for name in ("master", "sub")}
        people = [(one[0], one[1]) for one in values["people"]]
        return cls(
            values["dealer_id"], people, values["sessions"], Book(groups=book["groups"], subs=book["subs"], **sizes)
        )

    def dump(self) -> str:
        """For a file."""
        book = self.book
        sizes = {name: [size.opened, size.settled] for name, size in (("master", book.master), ("sub", book.sub))}
        shape = {"groups": book.groups, "subs": book.subs, **sizes}
        return json.dumps(
            {"dealer_id": self.dealer_id, "people": self.people, "sessions": self.sessions, "book": shape}
        )


@dataclass(slots=True)
class Found:
    """What a process saw: pages read by kind, the exports they were of, and every page that was not whole."""

    pages: dict[str, int] = field(default_factory=dict)
    exports: set[int] = field(default_factory=set)
    restarted: int = 0
    older: int = 0
    wrong: list[str] = field(default_factory=list)

    def read(self, kind: str) -> None:
        """Count a page."""
        self.pages[kind] = self.pages.get(kind, 0) + 1

    def expect(self, what: str, seen: object, wanted: object) -> None:
        """Note it where they differ."""
        if seen != wanted and len(self.wrong) < 20:
            self.wrong.append(f"{what}: {seen!r} instead of {wanted!r}"[:600])


@dataclass(slots=True)
class Reader:
    """One process. Its sessions take turns in any order."""

    plan: Plan
    random: Random
    found: Found = field(default_factory=Found)
    visitors: list[tuple[str, Visitor]] = field(default_factory=list)

    def open_sessions(self) -> None:
        """Each is a session record with a cookie of its own."""
        for number in range(self.plan.sessions):
            person_id, ref = self.plan.people[number % len(self.plan.people)]
            person = identity.person(IdentityScope(), person_id)
            assert person
            opened = open_session(
                IdentityScope(),
                person=person,
                client=ClientInfo("198.51.100.7", "Chrome"),
                now=system_clock(),
                ids=Ids(),
            )
            visitor = Visitor(app)
            visitor.cookies[cookies.SESSION] = opened.secret
            self.visitors.append((ref, visitor))
        self.random.shuffle(self.visitors)

    def read_until(self, done: Callable[[], bool]) -> None:
        """Session after session looks at something."""
        while not done():
            for ref, visitor in self.visitors:
                if done():
                    return
                if not self.random.randrange(COLD):
                    dealers.forget_published(TenantScope(self.plan.dealer_id))
                time.sleep(PAUSE_SECONDS)
                looks = (self.list, self.search, self.download) if ref else (self.accounts, self.account)
                if self.random.randrange(4):
                    self.random.choice(looks)(visitor, ref)
                else:
                    self.group(self.random.randrange(self.plan.book.groups))

    def list(self, visitor: Visitor, ref: str) -> None:
        """The first screen of what is open or settled, and the pages behind it."""
        status = self.random.choice(["current", "history", "all"])
        page = self._get(visitor, f"{HOME}?status={status}", "list")
        wanted, seen, began = self.plan.book.size(ref).rows(status), list[str](), 0
        while page:
            export, rows = self._rows_of(page, ref)
            if "A new export arrived while you were reading" in page.html:
                self.found.restarted += 1
                seen, began = [], export
            began = began or export
            self.found.expect(f"page of {ref}", export, began)
            seen += rows
            following = page.links.get("Older")
            if not following:
                self.found.expect(f"rows of {ref}, {status}", sorted(seen), sorted(wanted))
                return
            page = self._get(visitor, following, "later page")

    def search(self, visitor: Visitor, ref: str) -> None:
        """Some rows out of all."""
        lot = self.random.choice(LOTS)
        if page := self._get(visitor, f"{HOME}?status=all&q={lot}", "search"):
            _, rows = self._rows_of(page, ref)
            self.found.expect(f"lot {lot} of {ref}", set(rows), self.plan.book.size(ref).lot(lot))

    def download(self, visitor: Visitor, ref: str) -> None:
        """Every row as CSV."""
        if page := self._get(visitor, f"{HOME}.csv?status=all", "CSV"):
            cells = CELL.findall(page.html)
            self.found.expect(f"marks in the CSV of {ref}", len({mark for mark, _ in cells}), 1)
            self.found.expect(f"CSV of {ref}", {row for _, row in cells}, self.plan.book.size(ref).rows("all"))

    def accounts(self, visitor: Visitor, _: str) -> None:
        """The list for staff: all accounts, masters and sub-accounts, on one page."""
        if page := self._get(visitor, "/staff/accounts", "accounts"):
            export, book = self._said(page), self.plan.book
            names = {ref: int(mark) for ref, mark in NAMED.findall(page.html)}
            self.found.expect(f"accounts of {export}", names, {ref: book.mark(ref, export) for ref in book.refs})
            missing = [ref for ref in book.refs if book.balance(ref, export) not in page.html]
            self.found.expect(f"balances of {export}", missing, [])

    def account(self, visitor: Visitor, _: str) -> None:
        """One account as staff see it: its name comes from the directory, its figures from the ledger."""
        book = self.plan.book
        ref = self.random.choice(book.refs)
        if page := self._get(visitor, f"/staff/accounts/{link_part(ref)}", "account"):
            export = self._said(page)
            self.found.expect(f"{ref} in {export}", book.name(ref, export) in page.html, wanted=True)
            self.found.expect(f"balance of {ref} in {export}", book.balance(ref, export) in page.html, wanted=True)

    def group(self, number: int) -> None:
        """A master with its sub-accounts, read as the run of the first of them."""
        book = self.plan.book
        refs = book.group(number)
        scope = CustomerScope(self.plan.dealer_id, "reader", frozenset(refs))
        snapshot_ref, marks, said = None, dict[str, set[int]](), 0
        for ref in refs:
            snapshot = ledger.account_snapshot(scope, ref=ref, today=system_clock().date(), snapshot_ref=snapshot_ref)
            if snapshot.restarted:
                self.found.restarted += 1
                return
            snapshot_ref = snapshot_ref or snapshot.snapshot_ref
            said = snapshot_ref.sequence if snapshot_ref else 0
            rows = ledger.every_row(scope, head=snapshot.head) if snapshot.head else []
            marks[ref] = {int(found[1]) for row in rows if (found := CELL.match(row.reference))}
            self.found.expect(f"rows of {ref}", len(rows), len(book.size(ref).rows("all")))
        self.found.read("group")
        self.found.exports.add(said)
        self.found.expect(f"group {number} of {said}", marks, {ref: {book.mark(ref, said)} for ref in refs})

    def _get(self, visitor: Visitor, path: str, kind: str) -> Page | None:
        """The page; None where what the reader began with is gone and the portal starts again."""
        page = visitor.get(path)
        if page.status == TOO_MANY and kind == "CSV":  # a person's files are limited, and sessions share people
            self.found.read("limited")
            return None
        self.found.read(kind)
        if page.status == 303 and page.location.startswith(HOME):
            self.found.restarted += 1
            return None
        self.found.expect(path, page.status, 200)
        return page if page.status == 200 else None

    def _said(self, page: Page) -> int:
        """The export that the page says it is of."""
        stated = AS_OF.search(page.text)
        self.found.older += "A newer export has arrived since" in page.text
        export = self.plan.book.export_of(" ".join(stated.groups())) if stated else 0
        self.found.exports.add(export)
        return export

    def _rows_of(self, page: Page, ref: str) -> tuple[int, Sequence[str]]:
        """The export, and the rows of a page of it: all of one mark, with the sums of that mark above them."""
        export, rows = self._said(page), ROW.findall(page.html)
        if not export:
            self.found.expect(f"page of {ref}", page.text[:300], "an export")
            return 0, []
        mark = self.plan.book.mark(ref, export)
        self.found.expect(f"marks of {ref} in {export}", {int(mark) for mark, _ in rows} | {mark}, {mark})
        self.found.expect(
            f"balance of {ref} in {export}", self.plan.book.balance(ref, export) in page.html, wanted=True
        )
        return export, [row for _, row in rows]


def main(folder: Path, number: int) -> None:
    """Read until the folder holds `stop`."""
    plan = Plan.parse((folder / "plan.json").read_text())
    guard.install()
    with services.use(Services(settings=settings.load(), mail=RecordingSender())):
        reader = Reader(plan, Random(number))
        reader.open_sessions()
        (folder / f"ready{number}").touch()
        while not (folder / "go").exists():
            time.sleep(0.05)
        reader.read_until((folder / "stop").exists)
    found = reader.found
    result = {name: getattr(found, name) for name in ("pages", "restarted", "older", "wrong")}
    (folder / f"found{number}.json").write_text(json.dumps({**result, "exports": sorted(found.exports)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
