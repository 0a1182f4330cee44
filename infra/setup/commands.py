"""The verbs of `infra/dev.py`. Each sets up what it needs, then runs or becomes the program that does the work."""

import argparse
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from . import environments, locks, system, testing
from .dynamodb_local import dynamodb_local
from .einvoice_validators import einvoice_validators
from .paths import PYTHON, TOOLS
from .shell import SetupError, check_disk_space, exec_python

HELP_FIRST = "python3 infra/dev.py VERB   (make VERB does the same where it takes no options)\n"
COVER = "--cover"


@dataclass(frozen=True, slots=True)
class Verb:
    """A one-line description, and what to do with the arguments after the verb."""

    text: str
    do: Callable[[Sequence[str]], int]


def show_help(_: Sequence[str]) -> int:
    print(HELP_FIRST)
    for name, verb in VERBS.items():
        print(f"  {name:14}{verb.text}")
    return 0


def run(arguments: Sequence[str]) -> int:
    """Set up, then become the local server, which parses the other options."""
    parser = argparse.ArgumentParser(prog="dev.py run", add_help=False)
    parser.add_argument("--db")
    chosen, _ = parser.parse_known_args(arguments)
    with setting_up():
        environments.main()
        environments.emulators()
        if chosen.db == "dynamodb-local":
            dynamodb_local()
    exec_python(PYTHON, "-m", "infra.local.server", *arguments)
    return 0


def test(arguments: Sequence[str]) -> int:
    """Everything, optionally with `--cover`; with other arguments, pytest with those."""
    with setting_up():
        _everything()
    if arguments in ([], [COVER]):
        return testing.run_all(cover=bool(arguments))
    return testing.run_some(arguments)


def soak(arguments: Sequence[str]) -> int:
    """Arguments are pytest's."""
    with setting_up():
        _everything()
        einvoice_validators()
    return testing.soak(arguments)


def check(_: Sequence[str]) -> int:
    with setting_up():
        environments.main()
        environments.uv()
        einvoice_validators()
    return testing.check()


def lock(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py lock")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml allows")
    chosen = parser.parse_args(arguments)
    with setting_up():
        locks.write(upgrade=chosen.upgrade)
    return 0


def package(arguments: Sequence[str]) -> int:
    with setting_up():
        python = environments.for_lambda()
    exec_python(python, "-m", "infra.package", *arguments)
    return 0


def rehearse(arguments: Sequence[str]) -> int:
    with setting_up():
        python = environments.for_lambda()
        environments.emulators_for_lambda()
    exec_python(python, "-m", "infra.rehearsal", *arguments)
    return 0


def bench(arguments: Sequence[str]) -> int:
    with setting_up():
        python = environments.for_lambda()
        environments.emulators_for_lambda()
        dynamodb_local()
    exec_python(python, "-m", "tests.bench", *arguments)
    return 0


def in_environment(*program: str) -> Callable[[Sequence[str]], int]:
    """A verb that becomes `.venv/bin/python PROGRAM ARGUMENTS`."""

    def do(arguments: Sequence[str]) -> int:
        with setting_up():
            environments.main()
        exec_python(PYTHON, *program, *arguments)
        return 0

    return do


def _everything() -> None:
    environments.main()
    environments.emulators()
    _lambda_python()
    dynamodb_local()
    system.browser()


def _lambda_python() -> None:
    """For the tests of the package, which are skipped without it."""
    try:
        environments.for_lambda()
        environments.emulators_for_lambda()
    except SetupError as problem:
        print(problem)


@contextmanager
def setting_up() -> Iterator[None]:
    """Mutual exclusion: a second command waits until the first has set up."""
    check_disk_space()
    with (TOOLS / "lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        yield


VERBS = {
    "help": Verb("this list", show_help),
    "run": Verb("serve the portal with a demo dealer [--db dynamodb-local] [--port 8000] (--help)", run),
    "test": Verb("every test [--cover]; with other arguments: pytest with those", test),
    "soak": Verb("the long proofs, two hours; with -k EXPRESSION some of them", soak),
    "bench": Verb("measure what it costs, into bench.json [--only NAME]", bench),
    "check": Verb("lint, format, types, layers, dependencies, locks", check),
    "lock": Verb("bring the locks up to pyproject.toml [--upgrade]", lock),
    "messages": Verb(
        "bring the translations up to the program's messages [LANGUAGE]", in_environment("-m", "infra.messages")
    ),
    "package": Verb("build and check what deploys [--stage prod]", package),
    "rehearse": Verb("deploy the package into an empty local AWS and walk it (--help)", rehearse),
    "create-dealer": Verb(
        "create a dealer in the running portal (--help)",
        in_environment("-m", "infra.local.command", "infra.operator_commands.cli", "create-dealer"),
    ),
    "operator": Verb(
        "a command on a deployed portal: --stack NAME create-dealer ... (--help lists them)",
        in_environment("-m", "infra.deployed"),
    ),
    "demo": Verb("write an export bundle of made-up data (--help)", in_environment("-m", "infra.demo_export")),
    "upload": Verb("send a bundle as a dealer's system does (--help)", in_environment("-m", "infra.upload_client")),
}


def main(arguments: Sequence[str]) -> int:
    """2 for an unknown verb, 1 when set-up fails."""
    name, *rest = arguments or ["help"]
    verb = VERBS.get({"-h": "help", "--help": "help"}.get(name, name))
    if verb is None:
        print(f"There is no verb {name!r}.")
        show_help(())
        return 2
    # An image that forbids bytecode has each of a run's hundred processes compile the portal and its tests anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return verb.do(rest)
    except SetupError as problem:
        print(problem)
        return 1
    except KeyboardInterrupt:
        return 130
