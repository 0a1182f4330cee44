"""The operator raises what a dealer may do: it counts at once, and the dealer's Activity says so."""

from datetime import datetime

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.ids import Ids
from infra.operator_commands.cli import main
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited

ACTOR = ("--actor", "operator:test")


def test_allowances_and_modules_are_changed_with_an_audit_row(
    cast: Cast, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]
) -> None:
    code, scope = cast.ours.dealer.code, cast.ours.scope
    before = dealers.dealer(cast.rival.scope, fresh=True)
    options = ("--user-allowance", "25", "--modules", "invoices, documents,statements", "--daily-files", "50")
    assert main(["set-allowances", code, *options, *ACTOR], ids=ids, now=now) == 0
    said = capsys.readouterr().out
    assert "Moorbeck Machinery, user allowance: 25, before 10" in said
    assert "modules: documents, invoices, statements, before documents, invoices, messages" in said
    assert "daily files: 50, as before" in said
    dealer = dealers.dealer(scope, fresh=True)
    assert (dealer.user_allowance, dealer.modules) == (25, frozenset({"invoices", "documents", "statements"}))
    (row,) = audited(scope, now, "dealer.changed")
    assert (row.actor, row.detail["settings"]) == ("operator:test", ["user_allowance", "modules"])
    assert dealers.dealer(cast.rival.scope, fresh=True) == before
    assert main(["set-allowances", code, *options, *ACTOR], ids=ids, now=now) == 0
    assert len(audited(scope, now, "dealer.changed")) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "Say what to change: --user-allowance"),
        (("--user-allowance", "0"), "--user-allowance"),
        (("--user-allowance", "many"), "--user-allowance"),
        (("--modules", "invoices,telepathy"), "telepathy"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_changes(
    cast: Cast, now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], said: str
) -> None:
    before = dealers.dealer(cast.ours.scope, fresh=True)
    assert main(["set-allowances", cast.ours.dealer.code, *options, *ACTOR], ids=ids, now=now) == 1
    assert said in capsys.readouterr().err
    assert dealers.dealer(cast.ours.scope, fresh=True) == before


@pytest.mark.usefixtures("cast")
def test_an_unknown_code_is_named(now: datetime, ids: Ids, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set-allowances", "NOBODY", "--user-allowance", "5", *ACTOR], ids=ids, now=now) == 1
    assert "There is no dealer with the code NOBODY" in capsys.readouterr().err
