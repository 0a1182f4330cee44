"""Two furnished dealers and everybody who might call: what the sweeps walk through."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalice.app import Chalice

from app import app
from chalicelib import services, settings
from chalicelib.downloads.model import DownloadFile
from chalicelib.downloads.operations import make_download, request_download
from chalicelib.http import cookies
from chalicelib.http.access import Access
from chalicelib.identity import api_keys, memberships, operations, repo
from chalicelib.identity.model import ClientInfo, MembershipKind
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.services import Services
from tests.fixtures.cast import Cast, Dealership, Member, add_person
from tests.fixtures.worlds import World
from tests.ingest.pipeline import ImportPipeline
from tests.sweeps.canary_exports import CanaryExports, canary, only_ours, transaction
from tests.web.client import Page, Visitor

TOKEN = "A" * 43
"""A one-time link that nobody was sent."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a browser. `member` is None for nobody; a key makes it an upload client."""

    name: str
    member: Member | None = None
    key: str = ""
    late: timedelta = timedelta()
    removed: bool = False

    @property
    def is_somebody(self) -> bool:
        """Whether a session or a key of theirs works."""
        return bool(self.key) or (self.member is not None and not self.late and not self.removed)

    @property
    def kind(self) -> MembershipKind | None:
        return self.member.membership.kind if self.member else None


@dataclass(frozen=True, slots=True)
class Scenario:
    """The cast with data behind it. `canary(dealership)` is in every name, text and address of that dealership's data.

    By dealer: the key that its upload client uses, the id of another, its exports, the number of its newest run, and
    the downloads of its admin and of its customer.
    """

    cast: Cast
    ids: Ids
    now: datetime
    keys: dict[str, str] = field(default_factory=dict)
    spare_keys: dict[str, str] = field(default_factory=dict)
    exports: dict[str, CanaryExports] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    downloads: dict[str, tuple[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def callers(self) -> dict[str, Caller]:
        """Everybody that threat 1 names."""
        ours, rival = self.cast.ours, self.cast.rival
        return {
            caller.name: caller
            for caller in (
                Caller("anonymous"),
                Caller("our customer", ours.customer),
                Caller("our other customer", ours.other_customer),
                Caller("our staff", ours.user),
                Caller("our admin", ours.admin),
                Caller("the rival's customer", rival.customer),
                Caller("the rival's staff", rival.user),
                Caller("the rival's admin", rival.admin),
                Caller("our removed customer", ours.customer, removed=True),
                Caller("our removed staff", ours.user, removed=True),
                Caller("our customer, too late", ours.customer, late=timedelta(hours=13)),
                Caller("our admin, too late", ours.admin, late=timedelta(minutes=31)),
                Caller("our upload client", key=self.keys.get(ours.dealer.dealer_id, "")),
                Caller("the rival's upload client", key=self.keys.get(rival.dealer.dealer_id, "")),
            )
        }

    @contextmanager
    def visiting(self, caller: Caller, *, fresh: bool = False, on: Chalice = app) -> Iterator[Visitor]:
        """A browser with the caller's own session or key; `fresh` for what may end the session."""
        headers = {"authorization": f"Bearer {caller.key}"} if caller.key else {}
        visitor = Visitor(on, headers=headers)
        if caller.member:
            if fresh or caller.name not in self.sessions:
                self.sessions[caller.name] = self._session(caller)
            visitor.cookies[cookies.SESSION] = self.sessions[caller.name]
        made = Services(
            settings=settings.load(), mail=RecordingSender(), clock=lambda: self.now + caller.late, ids=self.ids
        )
        with services.use(made):
            yield visitor
        if fresh:
            self.sessions.pop(caller.name, None)

    def _session(self, caller: Caller) -> str:
        assert caller.member
        member = self._double(caller.member) if caller.removed else caller.member
        secret = self.log_in(member)
        if caller.removed:
            self._remove(member)
        return secret

    def log_in(self, member: Member) -> str:
        """The secret of a new session of theirs."""
        person = repo.person(IdentityScope(), member.person_id)
        assert person
        client = operations.ClientInfo("203.0.113.5", "a test")
        return operations.open_session(IdentityScope(), person=person, client=client, now=self.now, ids=self.ids).secret

    def _double(self, member: Member) -> Member:
        email = f"{self.ids.dealer_id()}@{member.email.partition('@')[2]}"
        return add_person(self.ids, self.now, email=email, membership=member.membership)

    def _remove(self, member: Member) -> None:
        memberships.remove_membership(
            IdentityScope(),
            person_id=member.person_id,
            dealer_id=member.membership.dealer_id,
            kind=member.membership.kind,
            subject_ref=member.membership.subject_ref,
            now=self.now,
            ids=self.ids,
        )


def access_of(made: Chalice, resource: str, method: str) -> Access:
    """What a route declares. Fails for one that declares nothing."""
    declared = getattr(made.routes[resource][method].view_function, "access", None)
    assert isinstance(declared, Access), f"{method} {resource} declares no access"
    return declared


def furnish(world: World, cast: Cast, ids: Ids, now: datetime) -> Scenario:
    """Exports imported for both dealers, our newest one held, and two API keys for each: one to use, one to lose.

    Our runs from the second on have numbers that no run of the rival has.
    """
    scenario = Scenario(cast, ids, now)
    for dealership in (cast.ours, cast.rival):
        dealer = dealership.dealer.dealer_id
        exports = scenario.exports[dealer] = CanaryExports(ImportPipeline(world, dealership, now, ids))
        scenario.runs[dealer] = exports.publish()
        scenario.keys[dealer], _ = _key(scenario, dealership)
        _, scenario.spare_keys[dealer] = _key(scenario, dealership)
        scenario.downloads[dealer] = _download(scenario, dealership.admin), _download(scenario, dealership.customer)
    ours = cast.ours.dealer.dealer_id
    scenario.exports[ours].publish()
    scenario.runs[ours] = scenario.exports[ours].held()
    return scenario


def _download(scenario: Scenario, member: Member) -> str:
    """A file that this person waited for and can fetch."""
    bird = member.membership.dealer_id
    scope = member.customer_scope if member.membership.kind is MembershipKind.CUSTOMER else member.staff_scope
    file = DownloadFile(file_name=f"canary{bird}.csv", kind=FileKind.CSV, title="", columns=(), rows=[], count=1)
    download = request_download(scope, address="/transactions.csv", file=file, now=scenario.now, ids=scenario.ids)
    make_download(
        scope,
        person_id=member.person_id,
        download_id=download.download_id,
        produce=lambda *_: file,
        clock=lambda: scenario.now,
    )
    return download.download_id


def _key(scenario: Scenario, dealership: Dealership) -> tuple[str, str]:
    secret, key = api_keys.create_api_key(
        IdentityScope(),
        dealer=dealership.admin.staff_scope,
        name=canary(dealership),
        now=scenario.now,
        ids=scenario.ids,
    )
    return secret, key.key_id


Example = Callable[[Scenario, Dealership], str]
EXAMPLES: dict[str, Example] = {
    "slug": lambda _, dealership: dealership.dealer.slug,
    "token": lambda *_: TOKEN,
    "account": lambda _, dealership: link_part(only_ours(dealership)),
    "run": lambda scenario, dealership: str(scenario.runs[dealership.dealer.dealer_id]),
    "key": lambda scenario, dealership: scenario.spare_keys[dealership.dealer.dealer_id],
    "download": lambda scenario, dealership: scenario.downloads[dealership.dealer.dealer_id][0],
}
"""An example for a path, by the name of the parameter: what only this dealership has, or nobody was given."""

OF_CUSTOMERS: dict[str, Example] = {
    "account": lambda *_: link_part("1200"),
    "kind": lambda *_: "invoice",
    "transaction": lambda _, dealership: link_part(transaction(dealership)),
    "download": lambda scenario, dealership: scenario.downloads[dealership.dealer.dealer_id][1],
}
"""The same on customers' pages: what only the first customer of `dealership` has. Both dealers have an account 1200."""

WITHOUT_OWNER = frozenset({"slug", "token"})
"""Parameters that belong to no tenant's data: a public address, a link that was never sent."""


OF_DECISIONS: dict[str, Example] = {
    "approve": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].held()),
    "refuse": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].held()),
    "undo": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].published()),
}
"""A run on which this can be decided now: each decision is taken once."""


def examples(resource: str) -> dict[str, Example]:
    """The examples for a route."""
    if resource.startswith(("/invoices/", "/downloads/")):
        return OF_CUSTOMERS
    decision = OF_DECISIONS.get(resource.rpartition("/")[2])
    return EXAMPLES | ({"run": decision} if decision else {})


def address(scenario: Scenario, resource: str, dealership: Dealership) -> str:
    """The path of a route for what this dealership has. Raises KeyError for a parameter without an example."""
    path = resource
    for name in parameters(resource):
        path = path.replace(f"{{{name}}}", examples(resource)[name](scenario, dealership))
    return path


def parameters(resource: str) -> list[str]:
    """The names in braces."""
    return [part[1:-1] for part in resource.split("/") if part.startswith("{")]


def post(visitor: Visitor, path: str, fields: Mapping[str, str] | None = None) -> Page:
    """A POST of these fields with the visitor's right token."""
    secret = visitor.cookies.get(cookies.SESSION, "")
    return visitor.post(path, {**(fields or {}), "csrf": csrf_token(secret)})
