"""Links to what is kept of a file: of an accepted one alone."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.uploads.model import FileState
from chalicelib.uploads.queries import file_link, thumbnail_link
from tests.fixtures.cast import Cast
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import Sending


def test_only_a_picture_that_is_accepted_has_a_link_to_its_thumbnail(cast: Cast, now: datetime, ids: Ids) -> None:
    scope = cast.ours.customer.customer_scope
    picture = Sending(cast.ours, now, ids).accept(PICTURE)
    table = Sending(cast.ours, now, ids).accept()
    assert f"/uploads/{picture.file_id}-thumbnail?" in thumbnail_link(scope, picture)
    others = [replace(picture, state=state) for state in FileState if state is not FileState.ACCEPTED]
    for file in (table, *others):
        with pytest.raises(NotFoundError):
            thumbnail_link(scope, file)
    for file in others:
        with pytest.raises(NotFoundError):
            file_link(scope, file, file_name="a.png")
