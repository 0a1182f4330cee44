"""`python -m infra.deployed --stack S create-dealer ...`: the operator's commands on a deployed portal.

It reads where things are from the stack's outputs, with the credentials of the person who runs it.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from boto3.session import Session
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.settings import Settings
from infra.local.provision import variable
from infra.operator_commands import cli as operator_cli


def environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """A stack's outputs as the variables that settings read."""
    found = {variable(name): value for name, value in outputs.items()}
    return {name: value for name, value in found.items() if name.lower() in Settings.model_fields}


def outputs_of(cloudformation: Any, stack: str) -> dict[str, str]:
    """Raises ClientError when there is no such stack."""
    (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the operator's command against the stack. 1 with one sentence when there is no such stack.

    Without a command, or asked for help, it lists the commands, or explains one; that takes no stack.
    """
    parser = argparse.ArgumentParser(prog="dev.py operator", add_help=False)
    parser.add_argument("--stack")
    chosen, command = parser.parse_known_args(argv)
    if not command or {"-h", "--help"} & {*command}:
        return operator_cli.main(command or ["--help"])
    if chosen.stack is None:
        parser.error("the following arguments are required: --stack")
    make: Any = Session().client
    try:
        os.environ.update(environment(outputs_of(make("cloudformation"), chosen.stack)))
    except (BotoCoreError, ClientError) as error:
        print(f"Cannot read the stack {chosen.stack}: {error}", file=sys.stderr)
        return 1
    return operator_cli.main(command)


if __name__ == "__main__":
    sys.exit(main())
