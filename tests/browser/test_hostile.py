"""Hostile texts in every field, by ingest and by page, opened in Chromium (threat 9). All of them: make soak."""

from datetime import datetime

import pytest
from playwright.sync_api import Browser

from app import app
from chalicelib.kernel.ids import Ids
from tests.browser.chrome import serving
from tests.browser.hostile_pages import MAILS, opened
from tests.fixtures.worlds import World
from tests.hostile import Attack

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_hostile_texts_stay_text(chromium: Browser, aws: World, ids: Ids, now: datetime) -> None:
    with serving(app) as at:
        seen = opened(chromium, at, aws, ids, now, Attack(2))
    assert seen.pages >= 20
    assert seen.read >= 40  # they are there to be seen
    assert seen.mails == len(MAILS)
