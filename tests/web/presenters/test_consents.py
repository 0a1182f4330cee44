from datetime import date, datetime, timedelta

from chalicelib.customers.consents.model import Choice, Consent, Exported, consents
from chalicelib.kernel.channels import Channel
from chalicelib.rendering.format import formats
from chalicelib.web.presenters.consents import staff_consents

UK = formats("en-GB", "Europe/London", "GBP")


def people(said: Exported, *choices: Choice, taken: date | None = None) -> list[list[Consent]]:
    """Each of whom has made one of these choices."""
    known = {"I": taken} if taken else {}
    return [consents(said, [one], known) for one in choices] or [consents(said, [], {})]


def chose(now: datetime, email: str, *, granted: bool) -> Choice:
    return Choice(channel=Channel.SMS, granted=granted, person_id=email, chosen_by=email, chosen_at=now, item_id="I")


def test_staff_see_who_wants_offers_and_who_said_so(now: datetime) -> None:
    said = Exported(as_at=now.date(), granted={Channel.EMAIL: True, Channel.POST: False})
    assert staff_consents(people(said), UK) == [
        ("Email", ["Yes"]),
        ("Text message (SMS)", ["Not said"]),
        ("Phone", ["Not said"]),
        ("Post", ["No"]),
    ]
    two = people(said, chose(now, "may@farm.example", granted=True), chose(now, "al@farm.example", granted=False))
    assert staff_consents(two, UK)[1] == (
        "Text message (SMS)",
        ["Yes, chosen by may@farm.example on 5 Jun 2024", "No, chosen by al@farm.example on 5 Jun 2024"],
    )
    assert staff_consents(two, UK)[0] == ("Email", ["Yes"])


def test_what_the_dealers_records_say_later_names_the_choice_before(now: datetime) -> None:
    later = now.date() + timedelta(days=9)
    for said, text in ((False, "No, after may@farm.example chose yes on 5 Jun 2024"), (True, "Yes")):
        exported = Exported(as_at=later, granted={Channel.SMS: said})
        shown = people(exported, chose(now, "may@farm.example", granted=True), taken=now.date())
        assert staff_consents(shown, UK)[1] == ("Text message (SMS)", [text])
    opposite = people(
        Exported(as_at=later, granted={Channel.SMS: True}),
        chose(now, "may@farm.example", granted=False),
        taken=now.date(),
    )
    assert staff_consents(opposite, UK)[1] == (
        "Text message (SMS)",
        ["Yes, after may@farm.example chose no on 5 Jun 2024"],
    )


def test_where_nobody_has_said_anything_nothing_is_listed() -> None:
    assert staff_consents(people(Exported(granted={})), UK) == []
