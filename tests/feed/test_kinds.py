"""What is declared of each kind is what docs/api.md publishes."""

import re
from dataclasses import fields

from chalicelib.feed.kinds import KINDS
from chalicelib.feed.model import ItemState
from chalicelib.kernel.account_fields import FIELD_LABELS, AccountField
from infra.setup.paths import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text()
FEED = PAGE.partition("\n## The feed")[2].partition("\n## ")[0]


def ticked(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_kind_is_documented_with_its_version_and_fields() -> None:
    rows = [line.strip("|").split(" | ") for line in FEED.partition("### Kinds")[2].splitlines() if "` | " in line]
    documented = {ticked(row[0])[0]: (int(row[1]), ticked(row[3])) for row in rows if row[1].strip().isdigit()}
    declared = {kind.name: (kind.version, [one.name for one in fields(kind.payload)]) for kind in KINDS.values()}
    assert documented == declared


def test_every_state_is_documented() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \|$", FEED, re.MULTILINE)) == {"state", *ItemState} - {"waiting"}


def test_every_field_that_may_change_is_documented_and_has_a_label() -> None:
    listed = ticked(FEED.partition("`field` is a column of")[2].partition(". `before`")[0])
    assert listed == ["customers.csv", *AccountField]
    assert set(FIELD_LABELS) == set(AccountField)
