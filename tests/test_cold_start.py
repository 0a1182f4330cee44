"""What a function has loaded once app.py is imported, seen in an interpreter of its own."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from infra.setup.paths import ROOT

LATER = (
    "argon2",
    "email_validator",
    "PIL",
    "pypdf",
    "reportlab",
    "xlsxwriter",
    "chalicelib.ccx.bundle",
    "chalicelib.ingest.steps.stage",
    "chalicelib.mail.sender",
    "chalicelib.notifications",
    "chalicelib.triggers.ingest",
    "chalicelib.triggers.notifications",
)
"""Needed by few calls: a page pays for its own."""

PROGRAM = """
import gc, json, sys
import app
ours = [module for name, module in list(sys.modules.items()) if name.startswith("chalicelib.")]
kinds = {kind for module in ours for kind in vars(module).values() if isinstance(kind, type)}
built = sorted(kind.__name__ for kind in kinds if vars(kind).get("__pydantic_complete__"))
known = sum("__pydantic_complete__" in vars(kind) for kind in kinds)
said = {"modules": sorted(sys.modules), "built": built, "known": known}
said |= {"gc": gc.isenabled(), "frozen": gc.get_freeze_count()}
app.triggers.ingest, app.triggers.notifications
print(json.dumps({**said, "triggers": [name for name in sys.modules if name.startswith("chalicelib.triggers.")]}))
"""


@pytest.fixture(scope="module")
def seen() -> dict[str, object]:
    done = subprocess.run((sys.executable, "-c", PROGRAM), cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", LATER)
def test_what_few_calls_need_is_not_loaded(seen: dict[str, list[str]], name: str) -> None:
    assert name not in seen["modules"]


def test_no_validator_is_built(seen: dict[str, list[str]]) -> None:
    assert seen["built"] == []


def test_there_are_validators_to_build(seen: dict[str, int]) -> None:
    assert seen["known"] > 20


def test_collections_go_on_and_leave_out_what_was_imported(seen: dict[str, int]) -> None:
    assert seen["gc"] is True
    assert seen["frozen"] > 50_000


def test_triggers_come_when_they_are_asked_for(seen: dict[str, list[str]]) -> None:
    names = ("ingest", "lambda_events", "notifications")
    assert set(seen["triggers"]) == {f"chalicelib.triggers.{name}" for name in names}


STARTED = """
import json, os, sys
listed = []
sys.addaudithook(lambda event, args: listed.append(str(args[0])) if event in {"os.listdir", "os.scandir"} else None)
import app
from chalicelib.dealers import repo
from chalicelib.ledger import codec
from chalicelib.rendering import templates
from chalicelib.store import clients
adapters = [adapter.pydantic_complete for adapter in (*repo.ADAPTERS, *codec.ADAPTERS)]
data = [path for path in listed if f"botocore{os.sep}data" in path]
said = {"clients": sorted(clients._clients), "adapters": adapters, "listed": len(data), "modules": sorted(sys.modules)}
print(json.dumps({**said, "environment": templates.environment.cache_info().currsize}))
"""


def started(**more: str) -> dict[str, Any]:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    environment = {**os.environ, **keys, **more}
    command = (sys.executable, "-c", STARTED)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_a_function_starts_with_what_its_first_call_needs() -> None:
    seen = started(AWS_LAMBDA_FUNCTION_NAME="pages")
    assert seen["clients"] == ["dynamodb", "sts"]
    assert set(seen["adapters"]) == {True}
    assert seen["environment"] == 1
    assert "boto3" not in seen["modules"]
    assert seen["listed"] < 10  # of botocore's 1,800 folders


def test_elsewhere_nothing_is_made_before_it_is_asked_for() -> None:
    seen = started()
    assert (seen["clients"], seen["environment"]) == ([], 0)


def test_there_is_no_other_trigger() -> None:
    from chalicelib import triggers

    with pytest.raises(AttributeError, match="nonsense"):
        triggers.nonsense  # noqa: B018
