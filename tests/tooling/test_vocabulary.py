"""Names that were given up for the field's own terms do not come back."""

import re
from functools import cache

import pytest

from infra.setup.files import tracked_files
from infra.setup.paths import ROOT

RETIRED = {
    r"DoorScope|new_door|__Host-door|front_door|\b[Dd]oors?\b": "public scope, login page, csrf cookie",
    r"Permission\.(PERSON|AGENT)|agent_keys": "Access, logged in, API key",
    r"\bLens\b|\bAsOf\b|\bAger\b|SweptError": "LedgerRules, SnapshotRef, AgeingPolicy, SnapshotExpiredError",
    r"ledger_words|invoice_words|import_words|say_state|\bopen_book\b": "presenters",
    r"wake_identity|way_on\b|link_ended|\bhand_over\b|\bsaid=": "notify_outbox, next_path, download, flash",
    r"all_but_the_last|whatever_is_left|someone_or_nobody|_NOBODY\b|_taken_back\b|accept_as_known": "revoke, decoy",
    r"\bPiece\b|\w+_piece\b|\blook_at\b|ReplacedError|\bfor_a_day\b|acting_as|\bbeside=": "WriteItem, head, ETag",
    r"PortalRecord|\bportal_repo\b|\bwhy_not\b|settle_in\b": "enrolment, ineligibility_reason, initialise",
    r"\bupkeep\b|bury_\w+|\bcarry_on\b|take_waiting|nudged_at|\broom_for\b|brought_by": "maintenance, fail_*, ...",
    r"_Across\b|_PartStage\b|\bNeighbours\b|part_text\b|collector_resting": "CrossAccountChecks, PartStager, ...",
    r"take_feedback|(\b|_)set_aside\b|\bRemoval\b|[Ww]eather\b": "handle_ses_event, park, mutation, fault",
    r"_through_the_front|\bCALM\b|\bTOLD\b|\b_?(MOST|LONGEST|FEW)_[A-Z]": "require_origin_secret, MAX_, MIN_",
    r"[Pp]resent password|Log in to go on|was open for too long|take at once": "Current password, Log in to continue",
    r"Export(File|State)|ExportsRecord|[Ee]xports_queue|background.exports?|data-export|\"/exports": "download",
    r"[Dd]irectory.?[Ss]lice|EnrolmentSlice|slice_repo|(read|stage|encode|decode)_slices?\b": "shard",
    r"\bclass (Stage|House|Say|Kind|Told)\b|\bWeightedLru\b|_tell_\w+|last-attempt-is-told": "what it is",
    r"\b(message|SES|queue) (told|tells)\b|unless told\b": "announces, reports, by default",
    r"\b([Bb]efore|[Aa]t|[Bb]ehind|first|next) log (in|out)\b|\blog in (page|form)s?\b": "login, logout (nouns)",
    r"\b[Ww]hoever\b|\b[Ww]homever\b": "who, anybody who, the person who",
    r"\bdoubtful=|\binfers?=|\b_infers\b": "incomplete, complete, has_findings",
    r"\.(unsettled|unexplained|uncounted)\b": "incomplete_accounts, without_receipt, unreadable_amounts",
    r"\bListAsOf\b|\b_?as_of\(|\bas_of[=.]": "snapshot_ref (as_at is the date of the figures)",
    r"\bSECURITY \d|domain notes|\bfeature A\d|\bformat 4\.\d": "docs/threats.md, docs/export-format.md",
    r"\b[Rr]eturned[ _]?[Mm]ail|\b[Mm]ail was returned|mark_returned|\bspelled\(": "bounce, comparable_email",
    r"\b(is|note)_told\b(?!\")|\btold=|\b_told\(|\b(staff|admins|owner) (is|are) told\b": "notified, notices, message",
    r"\b[Aa] log in\b|\b(the|your) log in\b(?! link)|\blog-in (page|form)": "login",
    r"[Rr]emembered[ _]?([Bb]rowser|[Dd]evice)|\bproofs_version\b(?!\")": "trusted browser, credentials_version",
}
"""Pattern -> what is said instead."""
READ = (".py", ".md", ".html", ".txt", ".yaml", ".js", ".toml", ".css")
NOT_OURS = ("requirements", "templates/assets/vendor/", "tests/browser/vendor/", "infra/vendored/", "vendor/")


@cache
def sources() -> tuple[tuple[str, str], ...]:
    """Names and texts."""
    return tuple(
        (name, (ROOT / name).read_text())
        for name in tracked_files()
        if name.endswith(READ) and not name.startswith(NOT_OURS) and name != "tests/tooling/test_vocabulary.py"
    )


@pytest.mark.parametrize("pattern", RETIRED)
def test_retired_names_are_gone(pattern: str) -> None:
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in sources()
        if re.search(pattern, text)
        for number, line in enumerate(text.splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert found == [], f"write {RETIRED[pattern]} instead"
