"""What a month of one dealer costs: things counted in real runs, times Amazon's prices in prices.json."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.frame.capacity import Capacity

FILE = Path(__file__).parents[1] / "prices.json"
S3_WRITES = frozenset({"PutObject", "CopyObject", "ListObjectsV2", "CreateMultipartUpload", "UploadPart"})
S3_READS = frozenset({"GetObject", "HeadObject"})
SQS = frozenset({"SendMessage", "SendMessageBatch"})

Things = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Book:
    """prices.json: `usage` and `machine` are assumptions, each named in docs/performance.md."""

    date: str
    prices: Mapping[str, Mapping[str, float]]
    usage: Mapping[str, Any]
    machine: Mapping[str, float]

    @classmethod
    def read(cls) -> "Book":
        """The file as it is kept."""
        content = json.loads(FILE.read_text())
        return cls(content["date"], content["prices"], content["usage"], content["machine"])

    def gb_seconds(self, *, cpu: float, calls: int, memory: str = "memory_mb") -> float:
        """What a function is billed: its CPU at its share of one, and its waiting for AWS. `memory`: whose it has."""
        share = self.machine[memory] / self.machine["one_cpu_mb"]
        seconds = cpu / share + calls * self.machine["wait_seconds_a_call"]
        return seconds * self.machine[memory] / 1024

    def things(self, used: Capacity, *, cpu: float, runs: int, memory: str = "memory_mb") -> Things:
        """What one measured piece of work is billed for, `runs` calls of functions."""
        names = used.by_name
        return {
            "dynamodb_write_units": used.writes,
            "dynamodb_read_units": used.reads,
            "s3_writes": _of(names, S3_WRITES),
            "s3_reads": _of(names, S3_READS),
            "sqs_requests": 3 * _of(names, SQS),  # sent, received, deleted
            "lambda_requests": runs,
            "lambda_gb_seconds": self.gb_seconds(cpu=cpu, calls=len(used.calls), memory=memory),
        }

    def dollars(self, things: Things) -> float:
        """Their price. Raises KeyError for a thing without one."""
        return sum(count / self.prices[name]["per"] * self.prices[name]["dollars"] for name, count in things.items())


def times(things: Things, factor: float) -> Things:
    """All of it so many times."""
    return {name: count * factor for name, count in things.items()}


def total(parts: Iterable[Things]) -> Things:
    """All parts together."""
    found: defaultdict[str, float] = defaultdict(float)
    for part in parts:
        for name, count in part.items():
            found[name] += count
    return found


def _of(names: Counter[str], wanted: frozenset[str]) -> int:
    return sum(count for name, count in names.items() if name in wanted)
