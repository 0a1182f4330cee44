"""Two furnished dealers and everybody who might call: what the sweeps walk through."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import IO

from chalice.app import Chalice

from app import app
from chalicelib import services, settings
from chalicelib.customers.colleagues import operations as colleagues
from chalicelib.customers.colleagues import repo as repo_of_colleagues
from chalicelib.customers.colleagues.model import OPEN, Manager, Rights
from chalicelib.customers.colleagues.operations import Account
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.dealers.landing.model import Landing, Slot
from chalicelib.dealers.operations import set_logo
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import repo as staff_list
from chalicelib.dealers.wording.model import Wording
from chalicelib.dealers.wording.operations import publish_texts
from chalicelib.disputes import repo as repo_of_disputes
from chalicelib.downloads.model import (
    DownloadFile,
    DownloadKind,
    MemberScope,
    SpreadsheetFile,
    VolumedFile,
    WrittenVolume,
)
from chalicelib.downloads.operations import make_download, request_download
from chalicelib.feed.model import Taker
from chalicelib.feed.operations import choose_taker
from chalicelib.feed.payloads import InvitationAccepted
from chalicelib.http import cookies
from chalicelib.http.access import Access
from chalicelib.identity import api_keys, memberships, operations, repo
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind, Person
from chalicelib.identity.passkeys import repo as passkeys
from chalicelib.identity.passkeys.model import Credential, Passkey
from chalicelib.identity.repo import writes
from chalicelib.identity.sessions import csrf_token
from chalicelib.kernel.deadline import no_deadline
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger.access import account_scope
from chalicelib.mail.sender import RecordingSender
from chalicelib.messages import repo as repo_of_messages
from chalicelib.rendering.spreadsheet import FileKind
from chalicelib.services import Services
from chalicelib.uploads import repo as repo_of_files
from chalicelib.uploads.attached_file import OwnerKind
from chalicelib.uploads.document_requests import repo as document_requests
from chalicelib.uploads.model import FileState
from chalicelib.web.archives import Archive
from tests.alerts.made import notified
from tests.customers.campaigns.made import open_campaign
from tests.customers.change_requests.made import asked_for
from tests.dealers.landing.made import save, with_picture
from tests.disputes.made import disputed, withdrawn
from tests.feed.made import written
from tests.fixtures.cast import Cast, Dealership, Member, add_person
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.forwarding.made import forwarded
from tests.ingest.pipeline import ImportPipeline
from tests.messages.made import asked as question
from tests.messages.recipients.made import group
from tests.rendering.pictures import a_png
from tests.sweeps.canary_exports import ARCHIVED, INELIGIBLE, SUB, CanaryExports, canary, only_ours, transaction
from tests.tasks.made import opened
from tests.uploads.attached import AttachedSending
from tests.uploads.document_requests.made import asked_alone
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import Sending
from tests.uploads.shared import SharedSending
from tests.web.client import Page, Visitor

_NUMBERS = count(100)
TOKEN = "A" * 43
"""A one-time link that nobody was sent."""


class Past(StrEnum):
    """What has happened to the person behind a session, who is somebody of their own for each caller."""

    REMOVED = "their membership was taken away"
    DEMOTED = "it was taken away, and given again with a lower role"
    NEVER_MEMBER = "they never had one"
    ACCEPTED = "they have accepted it, and have not logged in since: they switched to it from another"
    PROMOTED = "an admin has given them this role"
    BOTH_DEALERS = "they have one at the other dealer too"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with a browser. `member` is None for nobody; a key makes it an upload client, with a session or without.

    `also` is the other membership of somebody who has two. `shut`: the account lets nobody in.
    """

    name: str
    member: Member | None = None
    key: str = ""
    late: timedelta = timedelta()
    past: Past | None = None
    also: Membership | None = None
    is_key_revoked: bool = False
    shut: bool = False

    @property
    def has_session(self) -> bool:
        """Whether a session of theirs works."""
        return self.member is not None and not self.late and self.past not in {Past.REMOVED, Past.DEMOTED}

    @property
    def is_somebody(self) -> bool:
        """Whether a session or a key of theirs works."""
        return self.has_session or bool(self.key and not self.is_key_revoked)

    @property
    def is_unusual(self) -> bool:
        """Whether routes cannot differ in how they treat them: what they may do is known before any route is asked."""
        unusual = (Past.NEVER_MEMBER, Past.DEMOTED, Past.ACCEPTED, Past.BOTH_DEALERS)
        with_both = bool(self.key and self.member)
        of_account = self.is_at(ARCHIVED) or self.is_at(SUB)
        return self.past in unusual or self.is_key_revoked or self.shut or with_both or of_account

    def is_at(self, ref: str) -> bool:
        """Whether they act for this account."""
        return self.member is not None and self.member.membership.account_ref == ref

    @property
    def kind(self) -> MembershipKind | None:
        return self.member.membership.kind if self.member else None


@dataclass(frozen=True, slots=True)
class Scenario:
    """The cast with data behind it. `canary(dealership)` is in every name, text and address of that dealership's data.

    By dealer: the key that its upload client uses, the id of another, one that is revoked, its exports, the number of
    its newest run, the downloads and archives of its admin and of its customer, a file that its customer sent, a
    document that its staff share with them, a picture of its landing page and one that its admin has drafted.
    """

    cast: Cast
    ids: Ids
    now: datetime
    keys: dict[str, str] = field(default_factory=dict)
    spare_keys: dict[str, str] = field(default_factory=dict)
    revoked_keys: dict[str, str] = field(default_factory=dict)
    exports: dict[str, CanaryExports] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    downloads: dict[str, tuple[str, str]] = field(default_factory=dict)
    archives: dict[str, tuple[str, str]] = field(default_factory=dict)
    volumes: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, tuple[str, str]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def callers(self) -> dict[str, Caller]:
        """Everybody that threat 1 names."""
        return {caller.name: caller for caller in (*self._usual(), *self._unusual())}

    def _usual(self) -> Iterator[Caller]:
        ours, rival = self.cast.ours, self.cast.rival
        yield Caller("anonymous")
        yield Caller("our customer", ours.customer)
        yield Caller("our other customer", ours.other_customer)
        yield Caller("our staff", ours.user)
        yield Caller("our service manager", with_role(ours.user, Role.SERVICE_MANAGER), past=Past.PROMOTED)
        yield Caller("our admin", ours.admin)
        yield Caller("the rival's customer", rival.customer)
        yield Caller("the rival's staff", rival.user)
        yield Caller("the rival's admin", rival.admin)
        yield Caller("our removed customer", ours.customer, past=Past.REMOVED)
        yield Caller("our removed staff", ours.user, past=Past.REMOVED)
        yield Caller("our customer, too late", ours.customer, late=timedelta(hours=13))
        yield Caller("our admin, too late", ours.admin, late=timedelta(minutes=31))
        yield Caller("our upload client", key=self.keys.get(ours.dealer.dealer_id, ""))
        yield Caller("the rival's upload client", key=self.keys.get(rival.dealer.dealer_id, ""))

    def _unusual(self) -> Iterator[Caller]:
        ours, rival = self.cast.ours, self.cast.rival
        mine, theirs, bought = (one.membership for one in (ours.other_customer, rival.admin, rival.customer))
        revoked = self.revoked_keys.get(ours.dealer.dealer_id, "")
        yield Caller("somebody without a membership", ours.customer, past=Past.NEVER_MEMBER)
        yield Caller("our customer, staff of the rival", ours.other_customer, past=Past.BOTH_DEALERS, also=theirs)
        yield Caller("the rival's admin, our customer", rival.admin, past=Past.BOTH_DEALERS, also=mine)
        yield Caller("our staff, a customer of the rival", ours.user, past=Past.BOTH_DEALERS, also=bought)
        yield Caller("our customer, not logged in since accepting", ours.other_customer, past=Past.ACCEPTED)
        yield Caller("our admin, made a user since", ours.admin, past=Past.DEMOTED)
        yield Caller("a customer of our account that may not use the portal", at(ours.customer, INELIGIBLE), shut=True)
        yield Caller("a customer of our archived account", at(ours.customer, ARCHIVED))
        yield Caller("a customer of an account that our customer is the master of", at(ours.customer, SUB))
        yield Caller("a revoked upload client", key=revoked, is_key_revoked=True)
        key = self.keys.get(rival.dealer.dealer_id, "")
        yield Caller("our admin with the rival's key", ours.admin, key=key)

    @contextmanager
    def visiting(self, caller: Caller, *, fresh: bool = False, on: Chalice = app) -> Iterator[Visitor]:
        """A browser with the caller's own session or key; `fresh` for what may end the session."""
        if caller.is_at(ARCHIVED):  # which it is in no more than the newest run, and that may have been undone
            self.exports[self.cast.ours.dealer.dealer_id].published()
        headers = {"authorization": f"Bearer {caller.key}"} if caller.key else {}
        visitor = Visitor(on, headers=headers)
        if caller.member:
            if fresh or not self._has_session(caller):
                self.sessions[caller.name] = self._session(caller)
            visitor.cookies[cookies.SESSION] = self.sessions[caller.name]
        made = Services(
            settings=settings.load(), mail=RecordingSender(), clock=lambda: self.now + caller.late, ids=self.ids
        )
        with services.use(made):
            yield visitor
        if fresh:
            self.sessions.pop(caller.name, None)

    def _has_session(self, caller: Caller) -> bool:
        """Whether there is one; one that was ended by too many others of the same person is made again."""
        secret = self.sessions.get(caller.name)
        return secret is not None and (
            caller.past is not None or repo.session(IdentityScope(), secret_hash(secret)) is not None
        )

    def _session(self, caller: Caller) -> str:
        assert caller.member
        wanted = caller.member
        if not (caller.past or wanted.membership.account_ref in {INELIGIBLE, ARCHIVED, SUB}):
            return self.log_in(wanted)
        if caller.past is Past.NEVER_MEMBER:
            return self.log_in(self._newcomer(wanted))
        if caller.past is Past.ACCEPTED:
            return self._switched(self._newcomer(wanted), wanted.membership)
        member = self._newcomer(wanted, *filter(None, (wanted.membership, caller.also)))
        secret = self.log_in(member)
        if caller.past is Past.PROMOTED:
            listed(self.cast.ours, member, now=self.now)
        if caller.past in {Past.REMOVED, Past.DEMOTED}:
            self._remove(member)
        if caller.past is Past.DEMOTED:
            self._give(member, replace(wanted.membership, role=Role.USER))
        return secret

    def log_in(self, member: Member) -> str:
        """The secret of a new session of theirs, acting for their membership."""
        return self._open(member).secret

    def _open(self, member: Member) -> operations.LoggedIn:
        person = repo.person(IdentityScope(), member.person_id)
        assert person
        client, key = ClientInfo("203.0.113.5", "a test", device=TOKEN), member.membership.key
        return operations.open_session(
            IdentityScope(),
            person=person,
            client=client,
            account_key=key,
            proof=operations.Proof(factor=next(iter(person.factors), None)),
            now=self.now,
            ids=self.ids,
        )

    def _switched(self, member: Member, membership: Membership) -> str:
        """The session of somebody who was logged in when they were given the membership, and has switched to it."""
        session = self._open(member).session
        self._give(member, replace(membership, active=False))
        secret, _ = operations.switch_membership(
            IdentityScope(), session=session, membership_key=membership.key, now=self.now, ids=self.ids
        )
        return secret

    def _newcomer(self, member: Member, *held: Membership) -> Member:
        """A new person like `member`, with these memberships."""
        person_id, email = self.ids.ulid(self.now), f"{self.ids.dealer_id()}@{member.email.partition('@')[2]}"
        repo.commit(IdentityScope(), writes.new_person(Person(person_id, email, "no password", self.now)))
        made = Member(person_id, email, member.membership)
        for membership in held:
            self._give(made, membership)
        return made

    def _give(self, member: Member, membership: Membership) -> None:
        repo.commit(IdentityScope(), [writes.put_membership(member.person_id, membership, self.now)])

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


def at(member: Member, ref: str) -> Member:
    """Somebody like this customer, of another account."""
    return replace(member, membership=replace(member.membership, subject_ref=ref))


def with_role(member: Member, role: Role) -> Member:
    """Somebody like this member of the staff, with another role."""
    return replace(member, membership=replace(member.membership, role=role))


def access_of(made: Chalice, resource: str, method: str) -> Access:
    """What a route declares. Fails for one that declares nothing."""
    declared = getattr(made.routes[resource][method].view_function, "access", None)
    assert isinstance(declared, Access), f"{method} {resource} declares no access"
    return declared


OFFERS, PRIVACY, TERMS = "Our offers", "We keep little.", "Payment within 30 days."
"""What everybody reads of a dealer."""


def _write_texts(dealership: Dealership, now: datetime, ids: Ids) -> None:
    """The privacy statement and the terms, which are public."""
    wording = Wording(privacy=PRIVACY, terms=TERMS)
    seen = fingerprint(dealers.dealer(dealership.scope, fresh=True).texts)
    publish_texts(dealership.admin.staff_scope, wording, seen=seen, now=now, ids=ids)


def furnish(world: World, cast: Cast, ids: Ids, now: datetime) -> Scenario:
    """Exports imported for both dealers, our newest one held, and two API keys for each: one to use, one to lose.

    Our runs from the second on have numbers that no run of the rival has.
    """
    scenario = Scenario(cast, ids, now)
    for dealership in (cast.ours, cast.rival):
        set_logo(dealership.scope, data=a_png(), actor="tests", now=now, ids=ids)
        listed(dealership, dealership.admin, dealership.user, now=now)
        _write_texts(dealership, now, ids)
        dealer = dealership.dealer.dealer_id
        exports = scenario.exports[dealer] = CanaryExports(ImportPipeline(world, dealership, now, ids))
        scenario.runs[dealer] = exports.publish()
        scenario.keys[dealer], _ = _key(scenario, dealership)
        _, scenario.spare_keys[dealer] = _key(scenario, dealership)
        scenario.revoked_keys[dealer] = _revoked_key(scenario, dealership)
        scenario.downloads[dealer] = _download(scenario, dealership.admin), _download(scenario, dealership.customer)
        scenario.archives[dealer] = _archive(scenario, dealership.admin), _archive(scenario, dealership.customer)
        scenario.volumes[dealer] = _volumes(scenario, dealership.customer)
        accepted = InvitationAccepted(email=f"{canary(dealership)}@farm1.example")
        written(dealership.scope, now, ids, accepted, ref=only_ours(dealership), name=canary(dealership))
        opened(dealership.scope, now, ids, ref=only_ours(dealership), name=canary(dealership))
        for ref in ("1200", only_ours(dealership)):
            asked_for(dealership, ref, now, ids, name=canary(dealership))
            asked_alone(dealership, ref, now, ids, title=canary(dealership))
            a_thread(scenario, dealership, ref)
        notified(dealership, now, ids, subject=canary(dealership))
        _taken_by(scenario, dealership, Taker.PROGRAM)
        scenario.files[dealer] = _file(scenario, dealership)
        _taken_by(scenario, dealership, Taker.PAGE)
        scenario.documents[dealer] = _document(scenario, dealership)
        scenario.pictures[dealer] = _public_picture(scenario, dealership), _drafted_picture(scenario, dealership)
    ours = cast.ours.dealer.dealer_id
    scenario.exports[ours].publish()
    scenario.runs[ours] = scenario.exports[ours].held()
    return scenario


def _public_picture(scenario: Scenario, dealership: Dealership) -> str:
    """A file of the landing page that the dealer shows to everybody."""
    scope, now, ids = dealership.admin.staff_scope, scenario.now, scenario.ids
    drafted = with_picture(scope, Landing(title=OFFERS), Slot.FIRST, now, ids, words=OFFERS)
    picture = save(scope, drafted, now, ids).first.picture
    assert picture
    return picture.share_name


def _drafted_picture(scenario: Scenario, dealership: Dealership) -> str:
    """A file of a picture that its admin has uploaded and not saved."""
    scope, now, ids = dealership.admin.staff_scope, scenario.now, scenario.ids
    picture = with_picture(scope, Landing(), Slot.FIRST, now, ids).first.picture
    assert picture
    return picture.share_name


def _download(scenario: Scenario, member: Member) -> str:
    """A file that this person waited for and can fetch."""
    name = f"canary{member.membership.dealer_id}.csv"
    file = SpreadsheetFile(file_name=name, form=FileKind.CSV, title="", columns=(), rows=[], count=1)
    return _made(scenario, member, file, "/transactions.csv")


def _archive(scenario: Scenario, member: Member) -> str:
    """A ZIP of documents that this person waited for and can fetch."""
    file = Archive(file_name=f"canary{member.membership.dealer_id}.zip", count=1, scope=_scope(member), entries=())
    return _made(scenario, member, file, "/documents.zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Volumes(VolumedFile):
    def write_volume(
        self, out: IO[bytes], start: int, *, is_late: Callable[[], bool], note: Callable[[int], None]
    ) -> WrittenVolume:
        out.write(b"%PDF")
        note(start + self.count)
        return WrittenVolume(next_document=start + self.count, count=0 if is_late() else self.count)


def _volumes(scenario: Scenario, member: Member) -> str:
    """Documents of transactions that this person waited for and can fetch."""
    name = f"canary{member.membership.dealer_id}.pdf"
    file = _Volumes(file_name=name, count=1, kind=DownloadKind.PDF, snapshot_ref="")
    return _made(scenario, member, file, "/transactions/documents.pdf")


def _scope(member: Member) -> MemberScope:
    """As a request of theirs has it: a master's has the accounts of its group too."""
    if member.membership.kind is MembershipKind.CUSTOMER:
        return account_scope(member.person_id, member.membership)
    return member.staff_scope


def _made(scenario: Scenario, member: Member, file: DownloadFile | VolumedFile, address: str) -> str:
    scope = _scope(member)
    download = request_download(scope, address=address, file=file, now=scenario.now, ids=scenario.ids)
    make_download(
        scope,
        person_id=member.person_id,
        download_id=download.download_id,
        produce=lambda *_: file,
        clock=lambda: scenario.now,
        ids=scenario.ids,
        remaining=no_deadline,
    )
    return download.download_id


def _file(scenario: Scenario, dealership: Dealership) -> str:
    """A file of account 1200 that staff have received."""
    bird = canary(dealership)
    sending = Sending(dealership, scenario.now, scenario.ids, name=f"{bird}.csv", note=bird)
    version = sending.put(PICTURE)
    sending.arrived(version)
    sending.scanned(version)
    return sending.file.file_id


def _taken_by(scenario: Scenario, dealership: Dealership, taker: Taker) -> None:
    choose_taker(dealership.admin.staff_scope, taker=taker, now=scenario.now, ids=scenario.ids)


def _document(scenario: Scenario, dealership: Dealership) -> str:
    """A document that the customer of account 1200 is shown."""
    bird = canary(dealership)
    sending = SharedSending(dealership, scenario.now, scenario.ids, title=bird, note=bird, visible=True)
    return sending.accepted(PICTURE).file_id


def _shown_document(scenario: Scenario, dealership: Dealership) -> str:
    """The same, or another where a form has hidden or deleted it."""
    dealer = dealership.dealer.dealer_id
    found = repo_of_files.stored_shared_file(dealership.scope, "1200", scenario.documents[dealer])
    if found is None or not found.file.is_shown:
        scenario.documents[dealer] = _document(scenario, dealership)
    return scenario.documents[dealer]


def _key(scenario: Scenario, dealership: Dealership) -> tuple[str, str]:
    secret, key = api_keys.create_api_key(
        IdentityScope(),
        dealer=dealership.admin.staff_scope,
        name=canary(dealership),
        now=scenario.now,
        ids=scenario.ids,
    )
    return secret, key.key_id


def _revoked_key(scenario: Scenario, dealership: Dealership) -> str:
    secret, key_id = _key(scenario, dealership)
    api_keys.revoke_api_key(
        IdentityScope(), dealer=dealership.admin.staff_scope, key_id=key_id, now=scenario.now, ids=scenario.ids
    )
    return secret


def a_thread(scenario: Scenario, dealership: Dealership, ref: str, *, closed: bool = False) -> str:
    """A question of this account, and a note about it."""
    bird = canary(dealership)
    talk = question(dealership, scenario.now, scenario.ids, ref=ref, subject=bird, text=bird, about=None, name=bird)
    talk.note(bird)
    if closed:
        talk.close()
    _LAST_THREADS[dealership.dealer.dealer_id, ref] = talk.thread_id
    return talk.thread_id


_LAST_THREADS: dict[tuple[str, str], str] = {}
"""Those that were made last, by dealer and account: all are of the same moment."""


def _newest_thread(ref: Callable[[Dealership], str]) -> "Example":
    return lambda _, dealership: _LAST_THREADS[dealership.dealer.dealer_id, ref(dealership)]


def _document_request(dealership: Dealership) -> str:
    """What the account that only this dealership has was asked for last."""
    (newest,) = document_requests.newest_requests(dealership.scope, only_ours(dealership), limit=1)
    return newest.request_id


def _user(scenario: Scenario, dealership: Dealership) -> str:
    """A colleague who has joined, and who calls nothing; another where a form has deleted the last."""
    joined = [one for one in staff_list.members(dealership.scope) if one.person_id and canary(dealership) in one.email]
    if joined:
        return joined[0].member_id
    email = f"{canary(dealership)}@farm{next(_NUMBERS)}.example"
    member = add_person(scenario.ids, scenario.now, email=email, membership=dealership.user.membership)
    staff.join_staff(
        dealership.import_scope,
        person_id=member.person_id,
        email=email,
        role=member.membership.role,
        now=scenario.now,
        ids=scenario.ids,
    )
    return member.person_id


def _invited_user(scenario: Scenario, dealership: Dealership) -> str:
    """Somebody who is invited to the staff."""
    email = f"{canary(dealership)}@farm99.example"
    staff.invite_staff(
        dealership.scope, email=email, role=Role.USER, invited_by="tests", now=scenario.now, ids=scenario.ids
    )
    invited = staff_list.invitation(dealership.scope, email)
    assert invited
    return invited.member_id


def _passkey(scenario: Scenario, dealership: Dealership) -> str:
    """Another one of the admin, who may be about to remove it."""
    credential = Credential(scenario.ids.secret(), "pQ", 0)
    made = Passkey(dealership.admin.person_id, credential, f"{canary(dealership)} laptop", scenario.now)
    repo.commit(IdentityScope(), passkeys.new_passkey(made))
    return made.passkey_id


def _own_dispute(scenario: Scenario, dealership: Dealership) -> str:
    """One that the first customer of the dealership has raised."""
    return disputed(dealership, "1200", scenario.now, scenario.ids, words=canary(dealership)).dispute_id


def _withdrawn_dispute(scenario: Scenario, dealership: Dealership) -> str:
    return withdrawn(dealership, "1200", scenario.now, scenario.ids).dispute_id


def _dispute(scenario: Scenario, dealership: Dealership) -> str:
    """One of the account that only this dealership has."""
    ref = only_ours(dealership)
    return disputed(dealership, ref, scenario.now, scenario.ids, words=canary(dealership)).dispute_id


def _forward(scenario: Scenario, dealership: Dealership) -> str:
    """A document that the first customer of the dealership has sent on."""
    made, _secret = forwarded(dealership, transaction(dealership), scenario.now, scenario.ids, words=canary(dealership))
    return made.forward_id


def _colleague(ref: Callable[[Dealership], str]) -> "Example":
    """Somebody who is invited beside a user of the account."""

    def example(scenario: Scenario, dealership: Dealership) -> str:
        account = ref(dealership)
        known = repo_of_colleagues.grants(dealership.scope, account).by_key.values()
        as_made = [one.key for one in known if one.invited_by and one.state in OPEN and one.version == 1]
        return as_made[-1] if as_made else invited_colleague(scenario, dealership, account)

    return example


def invited_colleague(scenario: Scenario, dealership: Dealership, ref: str) -> str:
    """A new one; the account has a user from here on, its customer of the cast or somebody else."""
    own = dealership.customer if ref == "1200" else dealership.other_customer
    user = AccountUser(own.person_id, own.email, scenario.now, invitation_id=own.membership.invitation_id)
    enrolments.add_user(dealership.scope, user, ref=ref)
    invited = colleagues.invite(
        dealership.user.staff_scope,
        Account(ref, "", canary(dealership)),
        email=f"{canary(dealership)}@farm{next(_NUMBERS)}.example",
        rights=Rights(Role.VIEW),
        by=Manager(dealership.user.person_id, "", of_dealer=True),
        now=scenario.now,
        ids=scenario.ids,
    )
    return invited.key


Example = Callable[[Scenario, Dealership], str]


def _era(dealership: Dealership, ref: str, kind: OwnerKind, owner_id: str) -> str:
    read = repo_of_messages.thread if kind is OwnerKind.THREAD else repo_of_disputes.dispute
    found = read(dealership.scope, ref, owner_id)
    return found.era if found else ""


def _attachment(ref: Callable[[Dealership], str], kind: OwnerKind, owner: Example) -> Example:
    """A file of the thread or dispute that the path names: accepted before, or now."""

    def example(scenario: Scenario, dealership: Dealership) -> str:
        owner_id, account = owner(scenario, dealership), ref(dealership)
        for file in repo_of_files.attached_files(dealership.scope, account, owner_id):
            if file.state is FileState.ACCEPTED:
                return file.file_id
        sending = AttachedSending(
            dealership,
            scenario.now,
            scenario.ids,
            name=f"{canary(dealership)}.csv",
            owner_id=owner_id,
            owner_kind=kind,
            account_ref=account,
            era=_era(dealership, account, kind, owner_id),
            by_staff=True,
            maximum=10_000,
        )
        sending.accept()
        return sending.file.file_id

    return example


EXAMPLES: dict[str, Example] = {
    "slug": lambda _, dealership: dealership.dealer.slug,
    "token": lambda *_: TOKEN,
    "account": lambda _, dealership: link_part(only_ours(dealership)),
    "run": lambda scenario, dealership: str(scenario.runs[dealership.dealer.dealer_id]),
    "key": lambda scenario, dealership: scenario.spare_keys[dealership.dealer.dealer_id],
    "download": lambda scenario, dealership: scenario.downloads[dealership.dealer.dealer_id][0],
    "file": lambda scenario, dealership: scenario.files[dealership.dealer.dealer_id],
    "document": _shown_document,
    "request": lambda _, dealership: _document_request(dealership),
    "user": _user,
    "campaign": lambda scenario, dealership: open_campaign(dealership, scenario.now, scenario.ids),
    "passkey": _passkey,
    "thread": _newest_thread(only_ours),
    "dispute": _dispute,
    "group": lambda scenario, dealership: group(dealership, scenario.now, scenario.ids, name=canary(dealership)),
    "attachment": _attachment(only_ours, OwnerKind.THREAD, _newest_thread(only_ours)),
    "forward": _forward,
    "colleague": _colleague(only_ours),
    "sent_statement": lambda _, dealership: link_part(canary(dealership)),
    "kind": lambda *_: "invoice",
    "transaction": lambda _, dealership: link_part(f"{canary(dealership)}-{only_ours(dealership)}"),
}
"""An example for a path, by the name of the parameter: what only this dealership has, or nobody was given."""

OF_CUSTOMERS: dict[str, Example] = {
    "account": lambda *_: link_part("1200"),
    "kind": lambda *_: "invoice",
    "transaction": lambda _, dealership: link_part(transaction(dealership)),
    "download": lambda scenario, dealership: scenario.downloads[dealership.dealer.dealer_id][1],
    "file": lambda scenario, dealership: scenario.files[dealership.dealer.dealer_id],
    "document": _shown_document,
    "sent_statement": lambda _, dealership: link_part(canary(dealership)),
    "thread": _newest_thread(lambda _: "1200"),
    "attachment": _attachment(lambda _: "1200", OwnerKind.THREAD, _newest_thread(lambda _: "1200")),
    "colleague": _colleague(lambda _: "1200"),
    "notification": lambda scenario, dealership: notified(
        dealership, scenario.now, scenario.ids, subject=canary(dealership)
    ),
}
"""The same on customers' pages: what only the first customer of `dealership` has. Both dealers have an account 1200."""

WITHOUT_OWNER = frozenset({"slug", "token"})
"""Parameters that belong to no tenant's data: a public address, a link that was never sent."""


OF_DECISIONS: dict[str, Example] = {
    "approve": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].held()),
    "refuse": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].held()),
    "undo": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].published()),
    "same-customers": lambda scenario, dealership: str(scenario.exports[dealership.dealer.dealer_id].published()),
}
"""A run on which this can be decided now: each decision is taken once."""


def examples(resource: str) -> dict[str, Example]:
    """The examples for a route."""
    if "document-downloads" in resource:
        whose = 0 if resource.startswith("/staff") else 1
        return {"download": lambda scenario, dealership: scenario.archives[dealership.dealer.dealer_id][whose]}
    if resource.startswith("/transaction-documents/"):
        return {"download": lambda scenario, dealership: scenario.volumes[dealership.dealer.dealer_id]}
    if resource.startswith("/disputes/"):
        return {
            "dispute": _withdrawn_dispute if resource.endswith("/reopen") else _own_dispute,
            "attachment": _attachment(lambda _: "1200", OwnerKind.DISPUTE, _own_dispute),
        }
    if resource.startswith(
        (
            "/invoices/",
            "/downloads/",
            "/documents/",
            "/shared-documents/",
            "/messages/",
            "/notifications/",
            "/colleagues/",
        )
    ):
        return OF_CUSTOMERS
    if resource.startswith(("/staff/documents/", "/staff/accounts/{account}/documents/")):
        return EXAMPLES | {"account": OF_CUSTOMERS["account"]}
    if resource.endswith("/{picture}"):
        drafted = resource.startswith("/staff")
        return EXAMPLES | {
            "picture": lambda scenario, dealership: scenario.pictures[dealership.dealer.dealer_id][drafted]
        }
    if resource.endswith("/{user}/resend"):
        return {"user": _invited_user}
    decision = OF_DECISIONS.get(resource.rpartition("/")[2])
    of_disputes = {"attachment": _attachment(only_ours, OwnerKind.DISPUTE, _dispute)}
    more = of_disputes if resource.startswith("/staff/disputes/") else {"run": decision} if decision else {}
    return EXAMPLES | more


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
