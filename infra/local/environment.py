"""How commands find the running portal: it writes its environment down while it runs."""

import json
import os
from pathlib import Path

from infra.local.process import LocalError
from infra.setup.paths import ROOT

STATE = ROOT / ".state"
_FILE = "environment.json"


def publish(state: Path, environment: dict[str, str]) -> None:
    """Write down that a portal runs and how to reach its AWS, readable by this user only."""
    path = state / _FILE
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"pid": os.getpid(), "environment": environment}))


def withdraw(state: Path) -> None:
    (state / _FILE).unlink(missing_ok=True)


def of_running_portal(state: Path = STATE) -> dict[str, str]:
    """The environment of the portal that runs over `state`. Raises LocalError when none does."""
    for path in sorted(state.glob(f"*/{_FILE}")):
        published = json.loads(path.read_text())
        if Path(f"/proc/{published['pid']}").exists():
            environment: dict[str, str] = published["environment"]
            return environment
    raise LocalError("No portal is running here: start it with `make run`, then try again in another terminal.")
