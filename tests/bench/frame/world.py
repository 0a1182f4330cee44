"""The portal's AWS for measurements: DynamoDB Local beside ministack, on free ports, data in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib import settings
from chalicelib.store import clients
from infra.iam import guard
from infra.local.emulators import DYNAMODB, LocalAws, start_dynamodb, start_ministack
from infra.local.process import Child, stop
from infra.local.provision import provision
from tests.fixtures.engines import BASE_URL, free_port
from tests.fixtures.worlds import World, environment


@contextmanager
def aws(folder: Path, *, engine: str = DYNAMODB, guarded: bool = False) -> Iterator[World]:
    """The stack, and this process's environment set for it; stopped afterwards.

    Not `guarded`: without the key guard that every test has and AWS does in its own place, for its CPU is not ours.
    """
    local_aws = LocalAws(engine, free_port(), free_port(), folder / engine)
    children: list[Child] = []
    try:
        if engine == DYNAMODB:
            children.append(start_dynamodb(local_aws))
        children.append(start_ministack(local_aws))
        with environment(provision(local_aws, base_url=BASE_URL)):
            if not guarded:
                clients.observers.remove(guard.attach)
                clients.reset()
            yield World(engine, settings.load())
    finally:
        stop(children)
