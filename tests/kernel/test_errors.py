"""An error's words are in the language of their reader, whenever it was raised."""

import pytest

from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import lazy_gettext
from tests.pseudo_locale import pseudo_locale

TEXT = lazy_gettext("Enter a number")


def test_a_lazy_text_is_translated_when_it_is_read() -> None:
    error = InvalidError(TEXT, {"amount": TEXT})
    assert (error.message, error.fields, str(error)) == ("Enter a number", {"amount": "Enter a number"}, error.message)
    with pseudo_locale():
        assert (error.message, error.fields) == ("⟦Enter a number⟧", {"amount": "⟦Enter a number⟧"})


@pytest.mark.parametrize("error", [NotFoundError(), NotFoundError("Gone"), TooManyError("Wait", retry_after=60)])
def test_a_message_is_text(error: NotFoundError | TooManyError) -> None:
    assert error.message in {"Page not found", "Gone", "Wait"}
