"""The environment, as it must be before anything is answered."""

import pytest
from pydantic import ValidationError

from chalicelib.settings import SHORTEST_SECRET, Settings


@pytest.mark.parametrize("secret", ["", "x", "x" * (SHORTEST_SECRET - 1)])
def test_a_deployed_portal_does_not_start_without_its_origin_secret(secret: str) -> None:
    with pytest.raises(
        ValidationError, match="ORIGIN_SECRET must have 32 characters or more in the stage 'prod'"
    ) as said:
        Settings(stage="prod", origin_secret=secret)
    assert "input_value" not in str(said.value)


def test_with_it_and_locally_it_starts() -> None:
    assert Settings(stage="prod", origin_secret="x" * SHORTEST_SECRET).stage == "prod"
    assert Settings().stage == "local"
