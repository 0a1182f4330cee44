"""Takes out the controls whose row, file or test holds a text: `python -m tests.soak.mutations TEXT`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.mutations.tables import EVERY
from tests.soak.mutations.workshop import CAUGHT, Workshop


def main(text: str = "") -> int:
    """Print what became of each; how many were missed."""
    chosen = [removal for removal in EVERY if text in f"{removal} {removal.test}"]
    with TemporaryDirectory() as folder:
        results = Workshop(Path(folder)).try_all(chosen)
    for removal, result in results.items():
        print(f"{result}: {removal}")
    return sum(result != CAUGHT for result in results.values())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
