"""Every hostile text in every field that holds it, in Chromium."""

from datetime import datetime

import pytest
from playwright.sync_api import Browser

from app import app
from chalicelib.kernel.ids import Ids
from tests.browser.chrome import serving
from tests.browser.hostile_pages import Seen, opened
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.hostile import TEXTS, Attack

DEALINGS = len(TEXTS)
"""Each begins with the next text, so that in the end each field has held each."""


@pytest.mark.soak
def test_no_hostile_text_becomes_anything_else(
    chromium: Browser, aws: World, ids: Ids, now: datetime, figures: RecordFigure
) -> None:
    seen = Seen()
    with serving(app) as at:
        for shift in range(DEALINGS):
            seen += opened(chromium, at, aws, ids, now, Attack(shift))
    found = f"{seen.pages} pages and {seen.mails} mails opened, {seen.read} texts read as text"
    figures(f"hostile texts: {len(TEXTS)} texts in every field, {found}, 0 dialogs, 0 CSP reports, 0 elements")
    assert seen.pages >= 20 * DEALINGS
