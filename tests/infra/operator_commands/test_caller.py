"""Who ran an operator's command is in the audit row, whatever they call themselves."""

import os
import pwd
from datetime import datetime

import pytest

from chalicelib import settings
from chalicelib.kernel.callers import Caller
from chalicelib.kernel.ids import Ids
from infra.operator_commands.caller import caller
from infra.operator_commands.cli import main
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.fixtures.worlds import World

SELF = pwd.getpwuid(os.getuid()).pw_name


def test_locally_it_is_the_user_of_the_machine_whatever_the_environment_says(
    aws: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert aws.settings.stage == settings.LOCAL
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "nora")
    assert caller() == Caller(SELF)


def test_on_a_deployed_portal_it_is_whom_aws_knows_too(aws: World, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed = aws.settings.model_copy(update={"stage": "prod"})
    monkeypatch.setattr(settings, "load", lambda: deployed)
    found = caller()
    assert found.os_user == SELF
    assert found.aws.startswith("arn:aws:")
    assert found.name == found.aws


def test_each_audit_row_of_a_command_names_who_ran_it(cast: Cast, now: datetime, ids: Ids) -> None:
    code = cast.ours.dealer.code
    aws = "arn:aws:sts::123456789012:assumed-role/operator/omar"
    argv = ["suspend-dealer", code, "--reason", "unpaid", "--contact", "help@portal.example", "--actor", "nora"]
    assert main(argv, ids=ids, now=now, run_by=lambda: Caller("omar", aws)) == 0
    assert main(["resume-dealer", code, "--actor", "nora"], ids=ids, now=now, run_by=lambda: Caller("omar")) == 0
    rows = audited(cast.ours.scope, now, "dealer.")
    said = {row.event: (row.actor, row.detail.get("operator")) for row in rows}
    assert said["dealer.suspended"] == ("nora", {"os_user": "omar", "aws": aws})
    assert said["dealer.resumed"] == ("nora", {"os_user": "omar"})
