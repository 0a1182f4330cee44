"""What a run found, as it is stored for its page."""

from pydantic import TypeAdapter

from chalicelib.ccx.findings import Finding, FindingGroup
from chalicelib.kernel.schemas import adapter

GROUPS: TypeAdapter[list[FindingGroup]] = adapter(list[FindingGroup])
FINDINGS: TypeAdapter[list[Finding]] = adapter(list[Finding])
