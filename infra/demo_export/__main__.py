"""Writes a demo export: `python -m infra.demo_export --size demo --as-at 2024-06-05 --out demo.zip`."""

import argparse
import re
import sys
import time
from datetime import date
from pathlib import Path

from chalicelib.kernel.clock import local_date, system_clock
from infra.demo_export.bundle import BundleWriter, Heading, bundle_file_name
from infra.demo_export.series import SIZES, ledgers, view_of

DEALER_CODE = "MOORBECK"
ZONE = "Europe/London"
_DESCRIPTION = "Make up an export, as a dealer's system would write it."


def write(
    *, size: str, as_at: date, out: Path, dealer_code: str, sequence: int = 1, seed: int = 1, documents: int = 0
) -> Path:
    """Write the bundle, into `out` or, if that is a folder, into it under the bundle's own name. Returns its path."""
    kind = SIZES[size]
    view, heading = view_of(kind, seed=seed, as_at=as_at, sequence=sequence), Heading(dealer_code, sequence)
    path = out / bundle_file_name(view, heading) if out.is_dir() else out
    with BundleWriter(path, view, heading) as bundle:
        for ledger in ledgers(kind, view, documents=documents):
            bundle.add(ledger)
    return path


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{2,32}", text):
        raise argparse.ArgumentTypeError("2 to 32 letters, digits, _ and -")
    return text


def _out(text: str) -> Path:
    """A name that ends in a slash is a folder, which is made if there is none."""
    path = Path(text)
    if text.endswith("/"):
        path.mkdir(parents=True, exist_ok=True)
    return path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python3 infra/dev.py demo", description=_DESCRIPTION)
    parser.add_argument(
        "--size", choices=list(SIZES), default="demo", help="demo has 148 accounts, S M L 1,500 to 40,000"
    )
    parser.add_argument(
        "--as-at", type=date.fromisoformat, default=None, help="the date of its figures, today if left out"
    )
    parser.add_argument("--out", type=_out, default=Path(), help="a file, or a folder in which it gets its own name")
    parser.add_argument("--dealer-code", type=_code, default=DEALER_CODE)
    parser.add_argument(
        "--sequence", type=int, default=1, help="2 for the next day's export, with --as-at a day later, and so on"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=0, help="how many PDFs the sizes S, M and L get")
    options = vars(parser.parse_args(arguments))
    options["as_at"] = options["as_at"] or local_date(system_clock(), ZONE)
    began = time.perf_counter()
    path = write(**options)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB in {time.perf_counter() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
