"""What reading a bundle costs at the least: Python's csv.reader over its files, and nothing done with the rows."""

import csv
from io import TextIOWrapper
from pathlib import Path
from zipfile import ZipFile


def read(bundle: Path) -> int:
    rows = 0
    with ZipFile(bundle) as archive:
        for name in ("customers.csv", "transactions.csv"):
            with archive.open(name) as file:
                rows += sum(1 for _ in csv.reader(TextIOWrapper(file, "utf-8", newline="")))
    return rows
