"""Rules across accounts: with an invalid master reference."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import spelt
from chalicelib.ingest.checks.context import MasterProblem


class MasterLink(NamedTuple):
    """An account, the master it names (or None), and its currency."""

    ref: str
    master: str | None
    currency: str


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
        return MasterProblem(Code.W314_UNKNOWN_MASTER, {"account": spelt(name)}, name)
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
