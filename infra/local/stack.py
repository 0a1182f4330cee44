"""The running local AWS: started, provisioned, its children known."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from infra.local.emulators import DYNAMODB, LocalAws, launch_dynamodb, start_ministack, wait_for_dynamodb
from infra.local.process import Child, stop
from infra.local.provision import provision, provision_stack


@dataclass(slots=True)
class Stack:
    """The running emulators, and the environment in which the app finds them."""

    local_aws: LocalAws
    children: list[Child] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


@contextmanager
def running(local_aws: LocalAws, *, base_url: str) -> Iterator[Stack]:
    """Start the local AWS, and stop it whatever happens. Raises LocalError."""
    stack = Stack(local_aws)
    try:
        _start(stack, base_url)
        yield stack
    finally:
        stop(stack.children)


def _start(stack: Stack, base_url: str) -> None:
    local_aws = stack.local_aws
    dynamodb = launch_dynamodb(local_aws) if local_aws.engine == DYNAMODB else None
    if dynamodb:
        stack.children.append(dynamodb)
    if not local_aws.has_saved_stack:
        _first_provision(stack, base_url)
    stack.children.append(start_ministack(local_aws))
    if dynamodb:
        wait_for_dynamodb(local_aws, dynamodb)
    stack.environment = provision(local_aws, base_url=base_url)


def _first_provision(stack: Stack, base_url: str) -> None:
    """Provision once with no objects there, and let ministack save that.

    It saves only when it ends well, except for objects: after a kill, CloudFormation would find the buckets 'already
    there' and nothing else. With the stack saved from the start, and objects put back under it, a kill leaves it whole.
    """
    local_aws = stack.local_aws
    aside = local_aws.state / "s3-aside"
    if local_aws.objects.exists() and not aside.exists():
        local_aws.objects.rename(aside)
    ministack = start_ministack(local_aws)
    stack.children.append(ministack)
    provision_stack(local_aws, base_url=base_url)
    stop([ministack])
    stack.children.remove(ministack)
    if aside.exists():
        shutil.rmtree(local_aws.objects, ignore_errors=True)
        aside.rename(local_aws.objects)
