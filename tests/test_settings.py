"""The environment, as it must be before anything is answered."""

import pytest
from pydantic import ValidationError

from chalicelib.settings import SHORTEST_SECRET, Settings


@pytest.mark.parametrize("secret", ["x", "x" * (SHORTEST_SECRET - 1), f"{'x' * SHORTEST_SECRET} short"])
def test_a_deployed_portal_takes_no_short_secret(secret: str) -> None:
    with pytest.raises(ValidationError, match="each of ORIGIN_SECRETS must have 32 characters or more") as said:
        Settings(stage="prod", origin_secrets=secret)  # type: ignore[arg-type]  # as the environment has it
    assert "input_value" not in str(said.value)


@pytest.mark.parametrize("secrets", ["", " "])
def test_a_deployed_portal_answers_nobody_without_an_origin_secret(secrets: str) -> None:
    deployed = Settings(stage="prod", origin_secrets=secrets)  # type: ignore[arg-type]  # as the environment has it
    with pytest.raises(ValueError, match="ORIGIN_SECRETS must have a secret in the stage 'prod'"):
        _ = deployed.accepted_origin_secrets


def test_two_secrets_are_taken_at_once_and_none_is_needed_locally() -> None:
    one, other = "x" * SHORTEST_SECRET, "y" * SHORTEST_SECRET
    deployed = Settings(stage="prod", origin_secrets=f"{one} {other}")  # type: ignore[arg-type]  # as in the environment
    assert deployed.accepted_origin_secrets == (one, other)
    assert Settings().accepted_origin_secrets == ()


def test_a_function_that_faces_nobody_needs_none() -> None:
    assert Settings(stage="prod").stage == "prod"


@pytest.mark.parametrize("given", [{"sms_countries": "GB,IE"}, {"sms_countries": "gb"}, {"sms_sender_id": "x" * 12}])
def test_what_text_messages_cannot_use_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(given)


@pytest.mark.parametrize("given", [{"sms_countries": ""}, {"sms_countries": "GB IE"}, {"sms_sender_id": "Moorbeck"}])
def test_what_text_messages_can_use_is_taken(given: dict[str, str]) -> None:
    assert given.items() <= Settings.model_validate(given).model_dump().items()
