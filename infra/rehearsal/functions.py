"""Invokes deployed functions as their schedules do, and disables their queues for a while."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.kernel.clock import system_clock
from infra.local.schedules import event
from infra.rehearsal.deployment import Deployment, RehearsalError


def invoke_scheduled(deployment: Deployment, name: str) -> None:
    """As its EventBridge rule does. Raises RehearsalError when it fails."""
    function = deployment.resources("AWS::Lambda::Function")[name]
    payload = json.dumps(event(name, system_clock())).encode()
    answer = deployment.client("lambda").invoke(FunctionName=function, Payload=payload)
    result = answer["Payload"].read().decode()
    if "FunctionError" in answer:
        raise RehearsalError(f"The schedule {name} failed: {result[:300]}")


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
