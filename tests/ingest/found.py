"""What the page of a run lists, without its groups."""

from chalicelib.ccx.findings import Finding
from chalicelib.ingest import queries
from chalicelib.kernel.scopes import TenantScope


def rejects(scope: TenantScope, *, number: int, warnings: bool = False) -> list[Finding]:
    return [one for group in queries.findings(scope, number=number, warnings=warnings) for one in group.findings]
