"""What proofs share: a table on DynamoDB Local, which keeps it as AWS does."""

from collections.abc import Iterator

import boto3
import pytest

from chalicelib import settings
from infra.local.emulators import DYNAMODB
from tests.fixtures.engines import Start
from tests.fixtures.worlds import World, environment
from tests.soak.imports import Clean, clean


@pytest.fixture(scope="session")
def variables(start_engine: Start) -> dict[str, str]:
    """The environment that leads to it, for processes of a proof's own."""
    return start_engine(DYNAMODB)


@pytest.fixture(scope="module")
def real(variables: dict[str, str]) -> Iterator[World]:
    """It, in this process, with an import queue of its own: what a test before has left in the other may come back."""
    with environment(variables):
        queue = boto3.client("sqs").create_queue(QueueName="proofs")["QueueUrl"]
    with environment({**variables, "IMPORT_QUEUE_URL": queue}):
        yield World(DYNAMODB, settings.load())


@pytest.fixture
def undisturbed(real: World) -> Clean:
    """The import that the proofs disturb, undisturbed; done once."""
    return clean(real)
