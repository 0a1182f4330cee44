"""Checks an export on this machine, by the rules of the import."""

import json
import sys
import traceback
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.ccx.bundle import DEFECTS, Bundle
from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError, Finding
from chalicelib.ccx.messages import Message
from chalicelib.ingest.bundle_check import check_bundle, may_be_in_the_portal, open_export
from chalicelib.ingest.entities import ENTITIES
from chalicelib.ingest.findings_by_cause import FindingsByCause
from chalicelib.ingest.gate_rules import Decision
from infra.upload_client.check_report import Report, in_json, in_text
from infra.upload_client.exits import APPLIED, HELD, REFUSED, WRONG_USE, Stop

CODES = {Decision.PUBLISH: APPLIED, Decision.HOLD: HELD, Decision.REFUSE: REFUSED}


def check(path: Path, *, now: datetime, as_json: bool) -> int:
    """Print all that is found in an export; the exit code says what would become of it."""
    try:
        report = report_of(path, now)
    except OSError as error:
        raise Stop(WRONG_USE, f"The export cannot be checked: {error}") from None
    if as_json:
        print(json.dumps(in_json(report), indent=1))
    else:
        print("\n".join(in_text(report)))
    return CODES[report.decision]


def report_of(path: Path, now: datetime) -> Report:
    """What there is to say of the file."""
    try:
        with path.open("rb") as file, TemporaryDirectory(prefix="ccx-check-") as work:
            bundle = open_export(file, name=path.name, now=now, entities=ENTITIES)
            return _report(path.name, bundle, now, Path(work))
    except BundleError as error:
        return Report(path.name, Decision.REFUSE, (error.stored_message,))
    except DEFECTS:
        traceback.print_exc(file=sys.stderr)
        return Report(path.name, Decision.REFUSE, (Message(Code.F507_CANNOT_OPEN),))


def _report(name: str, bundle: Bundle, now: datetime, work: Path) -> Report:
    order = {bundle.path(entity.name): at for at, entity in enumerate(bundle.entities)}
    errors, warnings = FindingsByCause(order), FindingsByCause(order)

    def found(finding: Finding) -> None:
        (errors if finding.severity == "error" else warnings).add(finding)

    checked = check_bundle(bundle, now=now, found=found, work=work)
    return Report(
        name,
        checked.verdict.decision,
        checked.verdict.reasons,
        checked,
        tuple(errors.groups(errors.first())),
        tuple(warnings.groups(warnings.first())),
        frozenset(code for code in Code if may_be_in_the_portal(code, bundle)),
    )
