"""The version that a form holds."""

import pytest

from chalicelib.kernel.versions import version_text


@pytest.mark.parametrize(("version", "text"), [(None, ""), (0, "0"), (7, "7")])
def test_nothing_stored_is_no_version(version: int | None, text: str) -> None:
    assert version_text(version) == text
