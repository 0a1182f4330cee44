"""What a function has loaded once app.py is imported, seen in an interpreter of its own."""

import json
import subprocess
import sys

import pytest

from infra.setup.paths import ROOT

LATER = (
    "argon2",
    "email_validator",
    "PIL",
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


def test_there_is_no_other_trigger() -> None:
    from chalicelib import triggers

    with pytest.raises(AttributeError, match="nonsense"):
        triggers.nonsense  # noqa: B018
