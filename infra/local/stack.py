"""The running local AWS: started, provisioned, its children known."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from infra.local.cloud import DYNAMODB, Cloud, launch_dynamodb, start_ministack, wait_for_dynamodb
from infra.local.process import Child, stop
from infra.local.provision import provision, provision_stack


@dataclass(slots=True)
class Stack:
    """What runs, and the environment in which the app finds it."""

    cloud: Cloud
    children: list[Child] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def running(cloud: Cloud, *, base_url: str) -> Iterator[Stack]:
    """Start the local AWS and stop it again, whatever happens. Raises LocalError with one sentence."""
    stack = Stack(cloud)
    try:
        _start(stack, base_url)
        yield stack
    finally:
        stop(stack.children)


def _start(stack: Stack, base_url: str) -> None:
    cloud = stack.cloud
    dynamodb = launch_dynamodb(cloud) if cloud.engine == DYNAMODB else None
    if dynamodb:
        stack.children.append(dynamodb)
    if not cloud.has_saved_stack:
        _first_provision(stack, base_url)
    stack.children.append(start_ministack(cloud))
    if dynamodb:
        wait_for_dynamodb(cloud, dynamodb)
    stack.environment = provision(cloud, base_url=base_url)


def _first_provision(stack: Stack, base_url: str) -> None:
    """Provision once with no objects there, and let ministack save that.

    It saves only when it ends well, except for objects: after a kill, CloudFormation would find the buckets 'already
    there' and nothing else. With the stack saved from the start, and objects put back under it, a kill leaves it whole.
    """
    cloud = stack.cloud
    aside = cloud.state / "s3-aside"
    if cloud.objects.exists() and not aside.exists():
        cloud.objects.rename(aside)
    ministack = start_ministack(cloud)
    stack.children.append(ministack)
    provision_stack(cloud, base_url=base_url)
    stop([ministack])
    stack.children.remove(ministack)
    if aside.exists():
        shutil.rmtree(cloud.objects, ignore_errors=True)
        aside.rename(cloud.objects)
