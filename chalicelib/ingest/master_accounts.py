"""Rules across accounts: masters of accounts, and documents that two accounts claim. One pass each over one file."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import account_of
from chalicelib.ingest.checks.context import MasterProblem
from chalicelib.ingest.checks.row_plan import plan_for
from chalicelib.ingest.checks.schemas import CUSTOMERS, DOCUMENTS

_REF, _CURRENCY = CUSTOMERS.by_name["account_ref"], CUSTOMERS.by_name["currency"]
_MASTER = CUSTOMERS.by_name["master_account_ref"]
_DOCUMENT = DOCUMENTS.by_name["document_id"]


class MasterLink(NamedTuple):
    """An account, the master it names (or None), and its currency."""

    ref: str
    master: str | None
    currency: str


def master_links(bundle: Bundle) -> Iterable[MasterLink]:
    """The links of customers.csv, rows that cannot be read left out; nothing if it has no such column or file."""
    if "customers" not in bundle.entities:
        return
    header = bundle.header("customers")
    if "master_account_ref" not in header.names:
        return
    plan = plan_for("customers", header.names, "GBP")
    for line, raw in bundle.records("customers"):
        values = plan.read(line, raw).values
        if values[_REF] is not None and values[_CURRENCY] is not None:
            yield MasterLink(values[_REF], values[_MASTER], values[_CURRENCY])


def bad_masters(links: Iterable[MasterLink]) -> dict[str, MasterProblem]:
    """Accounts whose master is unknown, has a master itself, closes a loop or is in another currency."""
    by_ref = {link.ref: link for link in links}
    found = {}
    for link in by_ref.values():
        problem = _problem(link, by_ref) if link.master is not None else None
        if problem:
            found[link.ref] = problem
    return found


def _problem(link: MasterLink, by_ref: Mapping[str, MasterLink]) -> MasterProblem | None:
    name = link.master or ""
    master = by_ref.get(name)
    if master is None:
        return MasterProblem(Code.W314_UNKNOWN_MASTER, {}, name)
    if _in_loop(link, by_ref):
        return MasterProblem(Code.E204_MASTER_LOOP, {}, name)
    if master.master is not None:
        return MasterProblem(Code.E205_MASTER_DEPTH, {"master": name}, name)
    if master.currency != link.currency:
        return MasterProblem(Code.E206_MASTER_CURRENCY, {"master": name, "currency": master.currency}, name)
    return None


def _in_loop(link: MasterLink, by_ref: Mapping[str, MasterLink]) -> bool:
    seen: set[str] = set()
    at: MasterLink | None = link
    while at is not None and at.master is not None and at.ref not in seen:
        seen.add(at.ref)
        at = by_ref.get(at.master)
    return at is not None and at.ref == link.ref and at.ref in seen


def repeated_documents(bundle: Bundle) -> frozenset[str]:
    """Ids in documents.csv that rows of more than one account bear. Memory: one short text a document."""
    if "documents" not in bundle.entities:
        return frozenset()
    header = bundle.header("documents")
    plan = plan_for("documents", header.names, "GBP")
    owners: dict[str, str | None] = {}
    retry_on_conflict = set()
    for line, raw in bundle.records("documents"):
        document, ref = plan.read(line, raw).values[_DOCUMENT], account_of(raw, header)
        if document is not None and owners.setdefault(document, ref) != ref:
            retry_on_conflict.add(document)
    return frozenset(retry_on_conflict)
