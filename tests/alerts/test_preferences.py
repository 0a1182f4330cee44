from hypothesis import given
from hypothesis import strategies as st

from chalicelib.alerts.kinds import KINDS, MESSAGE_ANSWERED, SECURITY, AlertChannel
from chalicelib.alerts.preferences import Preferences, optional_kinds
from chalicelib.dealers.model import Module

CHOICES = st.dictionaries(
    st.sampled_from([kind.name for kind in KINDS]), st.frozensets(st.sampled_from(list(AlertChannel)))
)
NONE = frozenset[AlertChannel]()


@given(st.lists(CHOICES, max_size=4))
def test_the_last_choice_counts_and_a_must_stays_whatever_is_chosen(
    choices: list[dict[str, frozenset[AlertChannel]]],
) -> None:
    made = Preferences()
    for choice in choices:
        made = made.with_choice(choice)
    last = {name: channels for choice in choices for name, channels in choice.items()}
    for kind in KINDS:
        assert made.channels(kind) == (kind.channels if kind.must else last.get(kind.name, kind.channels))
    assert made.with_choice(last) == made


def test_a_must_that_is_stored_counts_for_nothing() -> None:
    assert Preferences({SECURITY.name: NONE}).channels(SECURITY) == SECURITY.channels


def test_what_is_the_kinds_own_is_not_kept() -> None:
    off = Preferences().with_choice({MESSAGE_ANSWERED.name: NONE, "unknown": NONE})
    assert dict(off.chosen) == {MESSAGE_ANSWERED.name: NONE}
    assert dict(off.with_choice({MESSAGE_ANSWERED.name: MESSAGE_ANSWERED.channels}).chosen) == {}


def test_there_is_a_choice_of_what_the_dealer_has_and_of_no_must() -> None:
    names = {kind.name for kind in optional_kinds({Module.INVOICES})}
    assert "dispute_news" in names
    assert not names & {"message_answered", "documents_shared", "invitation", "security"}
