"""Invokes deployed functions as their schedules do, and disables their queues for a while."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from chalicelib.kernel.clock import system_clock
from infra.local.schedules import event
from infra.rehearsal.deployment import Deployment, RehearsalError


def invoke_scheduled(deployment: Deployment, *names: str) -> None:
    """As their EventBridge rules do, two at a time, since most of it is cold starts.

    Raises RehearsalError when one fails.
    """
    functions, client = deployment.resources("AWS::Lambda::Function"), deployment.client("lambda")

    def invoke(name: str) -> None:
        payload = json.dumps(event(name, system_clock())).encode()
        answer = client.invoke(FunctionName=functions[name], Payload=payload)
        result = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise RehearsalError(f"The schedule {name} failed: {result[:300]}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(invoke, names))


@contextmanager
def queue_disabled(deployment: Deployment, name: str) -> Iterator[None]:
    """Its event source mapping is disabled meanwhile."""
    client, function = deployment.client("lambda"), deployment.resources("AWS::Lambda::Function")[name]
    (mapping,) = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
