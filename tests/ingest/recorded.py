"""A run's own record, for tests that publish rows without an import."""

import json
from datetime import UTC, date, datetime

from chalicelib.ccx.manifest_parser import parse_manifest
from chalicelib.dealers.publication import Published
from chalicelib.ingest import repo
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.scopes import TenantScope

EXPORT_ID = "6c1f6a3e-3f5e-4c1e-9a70-2b7a2f1f7c11"


def record_run(scope: TenantScope, number: int, *, as_at: date, sequence: int) -> None:
    """The run is there, published, of an export as at that day."""
    at = datetime.combine(as_at, datetime.min.time(), UTC)
    said = {"format": "ccx", "version": "1.0", "dealer_code": "moorbeck", "export_id": EXPORT_ID}
    dates = {"as_at": as_at.isoformat(), "generated_at": at.isoformat(), "timezone": "Europe/London"}
    files = [{"path": "customers.csv", "entity": "customers"}]
    manifest = parse_manifest(
        json.dumps({**said, **dates, "sequence": sequence, "base_currency": "GBP", "files": files}).encode()
    )
    run = ImportRun(number, RunState.PUBLISHED, "upload", "inbox/upload/x.zip", "agent", at, Published(), manifest)
    repo.commit(scope, [repo.write_run(scope, run)])
