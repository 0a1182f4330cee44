"""A message is stored as a code with its parameters, and said in the language and the formats of its reader."""

from collections.abc import Iterator
from gettext import NullTranslations

import pytest
from pydantic import TypeAdapter

from chalicelib.ccx.code_texts import TEXTS
from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import BundleError, Finding
from chalicelib.ccx.messages import Choice, Day, Message, Money, Phrase, Share, Stored, phrase, reason_of, sentences
from chalicelib.ingest.stored_findings import FINDINGS
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.rendering.format import Formats, formats
from tests.ccx.words import BRITISH, words
from tests.pseudo_locale import pseudo_locale, translated

GERMAN = formats("de-DE", "Europe/Berlin", "EUR")
STORED: TypeAdapter[Stored] = TypeAdapter(Stored)
SAID = [
    (Message(Code.E102_TOO_LONG, {"length": 4001, "limit": 200}), "This is 4,001 characters long. Use 200 or fewer."),
    (
        Message(Code.E112_OUTSTANDING, {"total": Money(-123_456, "GBP")}),
        "More is outstanding than the total, −£1,234.56. Enter an amount between 0 and the total, with its sign.",
    ),
    (
        Message(Code.W302_DUE_DATE, {"date": Day("2024-06-05")}),
        "This is before the transaction, 5 Jun 2024. Enter the due date.",
    ),
    (
        Message(Code.E103_BAD_VALUE, {"what": Choice(("trade", "retail", "cash"))}),
        "This is not one of the values we know. Enter trade, retail or cash.",
    ),
    (
        Message(Code.E109_BAD_NUMBER, {"what": phrase(lazy_gettext("up to %(high)s of %(name)s"), high=5, name="x")}),
        "This is not a number we can take. Enter up to 5 of x.",
    ),
    (
        Message(Code.G402_ACCOUNTS, {"removed": 341, "before": 1482, "percent": Share(341, 1482), "limit": 20}),
        "It would remove 341 of 1,482 accounts, 23%. The limit is 20%.",
    ),
    (Message(Code.W303_LINE_VAT), "…% of … is …. Check the VAT of this line."),
]


@pytest.mark.parametrize(("message", "said"), SAID)
def test_what_a_reader_is_told(message: Message, said: str) -> None:
    assert words(message) == said


@pytest.mark.parametrize("message", [message for message, _ in SAID])
def test_a_message_survives_storage(message: Message) -> None:
    assert STORED.validate_json(STORED.dump_json(message)) == message


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(1120, 48_020, "2.3%"), (1, 1000, "0.1%"), (2, 4, "50%"), (96, 1000, "9.6%"), (0, 0, "0.0%")],
)
def test_shares_are_as_fine_as_the_limits(part: int, whole: int, said: str) -> None:
    message = Message(
        Code.G401_ERRORS,
        {"rejected": part, "rows": whole, "file": "x.csv", "percent": Share(part, whole), "limit": 1},
    )
    assert f"errors, {said}." in words(message)


class German(NullTranslations):
    """Some of a translation."""

    def gettext(self, message: str) -> str:
        known = {
            "%(reason)s. %(remedy)s.": "%(reason)s. %(remedy)s.",
            "The total outstanding moves from %(before)s to %(after)s": "Offen waren %(before)s, jetzt %(after)s",
            "The limit is %(limit)s%%": "Die Grenze liegt bei %(limit)s %%",
            "This is not one of the values we know": "Diesen Wert kennen wir nicht",
            "Enter %(what)s": "Schreiben Sie %(what)s",
        }
        return known[message]


@pytest.fixture
def german() -> Iterator[Formats]:
    with translated("de-DE", German()):
        yield GERMAN


def test_another_language_has_its_own_words_and_formats(german: Formats) -> None:
    moved = Message(Code.G405_TOTAL_MOVED, {"before": Money(7_134_172, "EUR"), "after": Money(-5, "GBP"), "limit": 50})
    assert sentences(moved, german) == "Offen waren 71.341,72\xa0€, jetzt −GBP 0,05. Die Grenze liegt bei 50 %."
    choice = Message(Code.E103_BAD_VALUE, {"what": Choice(("open", "closed"))})
    assert sentences(choice, german) == "Diesen Wert kennen wir nicht. Schreiben Sie open oder closed."
    assert reason_of(choice, german) == "Diesen Wert kennen wir nicht"


@pytest.mark.parametrize("code", list(Code))
def test_no_word_of_a_message_stays_untranslated(code: Code) -> None:
    with pseudo_locale():
        text = TEXTS[code]
        assert (str(text.reason)[0], str(text.remedy)[-1]) == ("⟦", "⟧")
        assert sentences(Message(code), BRITISH).startswith("⟦⟦")


def test_a_phrase_is_translated_too() -> None:
    with pseudo_locale():
        said = sentences(Message(Code.E101_MISSING, {"what": Phrase("the account number")}), BRITISH)
    assert "⟦the account number⟧" in said


def test_what_was_stored_as_text_is_shown_as_it_is() -> None:
    old = '[{"file": "a.csv", "line": 2, "key": "1", "column": "due", "code": "E104_BAD_DATE", "message": "No date. Write one", "value": "x"}]'  # noqa: E501 - as it was stored
    (finding,) = FINDINGS.validate_json(old)
    assert words(finding) == "No date. Write one"
    assert reason_of(finding.stored_message, BRITISH) == "No date"


def test_a_new_finding_holds_no_words() -> None:
    finding = Finding("a.csv", 2, "1", "due", Code.E102_TOO_LONG, "x", {"length": 5, "limit": 4})
    stored = FINDINGS.dump_json([finding]).decode()
    assert "characters" not in stored
    assert FINDINGS.validate_json(stored) == [finding]


def test_an_error_of_a_bundle_speaks_the_readers_language() -> None:
    error = BundleError(Code.B018_CHECKSUM, "transactions.csv")
    assert error.message == "transactions.csv does not match its checksum. Make the export again."
    with pseudo_locale():
        assert "⟦transactions.csv does not match its checksum⟧" in error.message
