from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.downloads.limits import PER_PERSON, one_download
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from tests.fixtures.worlds import World


@pytest.fixture
def staff(aws: World, ids: Ids) -> DealerScope:
    assert aws.name
    return DealerScope(ids.dealer_id(), "maria")


def download(scope: DealerScope, now: datetime) -> None:
    with one_download(scope, now=now):
        pass


def test_a_person_has_ten_files_in_five_minutes(staff: DealerScope, now: datetime) -> None:
    for _file in range(PER_PERSON.maximum):
        download(staff, now)
    with pytest.raises(TooManyError):
        download(staff, now)
    download(staff, now + timedelta(minutes=5))
    download(replace(staff, person_id="tom"), now)


def test_a_person_has_one_file_at_a_time_however_the_last_one_ended(staff: DealerScope, now: datetime) -> None:
    with one_download(staff, now=now), pytest.raises(TooManyError):
        download(staff, now)
    with pytest.raises(ZeroDivisionError), one_download(staff, now=now):
        _ = 1 / 0
    download(staff, now)
