"""`python -m infra.rehearsal`: packages, deploys into an empty local AWS that enforces IAM, and walks through it."""

import argparse
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infra.local.process import LocalError, interrupt_on_signals
from infra.package.build import BUILD, Package, build
from infra.package.interpreter import PackageError
from infra.rehearsal.deployment import RehearsalError
from infra.rehearsal.rehearsal import rehearse
from infra.setup.shell import SetupError

_STAGE = "prod"


def main(argv: Sequence[str] | None = None) -> int:
    """0 when all of it works, else 1 with a sentence that names what does not."""
    parser = argparse.ArgumentParser(prog="dev.py rehearse", description=__doc__)
    parser.add_argument("--package", type=Path, help="a folder that `package` made, instead of making one")
    folder = parser.parse_args(argv).package
    start = time.monotonic()
    interrupt_on_signals()
    try:
        package = Package(folder.resolve()) if folder else build(_STAGE, BUILD / _STAGE, say=_say)
        rehearse(package, ports=(_free_port(), _free_port()), say=_say)
    except (PackageError, SetupError, RehearsalError, LocalError) as problem:
        print(problem, file=sys.stderr)
        return 1
    print(f"Rehearsed in {time.monotonic() - start:.0f} s.")
    return 0


def _say(text: str) -> None:
    print(text if text.startswith(" ") else f"  {text} ...", flush=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
