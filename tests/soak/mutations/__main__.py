"""Disables the controls whose row, marker or test holds a text: `python -m tests.soak.mutations TEXT`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.mutations.runner import CAUGHT, MutationRunner
from tests.soak.mutations.tables import EVERY


def main(text: str = "") -> int:
    """Print what became of each; how many were missed."""
    chosen = [mutation for mutation in EVERY if text in f"{mutation} {mutation.test}"]
    with TemporaryDirectory() as folder:
        results = MutationRunner(Path(folder)).try_all(chosen)
    for mutation, result in results.items():
        print(f"{result}: {mutation}")
    return sum(result != CAUGHT for result in results.values())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
