"""What staging found, an object for a part; that of the first unchanged part is of all unchanged ones together."""

from collections.abc import Iterator

from chalicelib import settings
from chalicelib.ingest import names
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun
from chalicelib.ingest.part_result import PartResult
from chalicelib.store import blobs
from chalicelib.store.codec import Codec

_RESULTS: Codec[PartResult] = Codec(PartResult)


def put(job: Job, run: int, part: int, result: PartResult) -> None:
    """Store what was found in a part."""
    name = names.result(run, part)
    blobs.put(job.scope, settings.load().files_bucket, name, _RESULTS.pack(result), "application/octet-stream")


def put_dealers(job: Job, run: ImportRun, result: PartResult) -> None:
    """Store what was found in files that belong to no account; nothing where there are none."""
    if result.counts:
        blobs.put(
            job.scope,
            settings.load().files_bucket,
            names.dealer_result(run.number),
            _RESULTS.pack(result),
            "application/octet-stream",
        )


def of_parts(job: Job, run: ImportRun) -> Iterator[PartResult]:
    """What was found in the parts of a run, one object at a time."""
    bucket = settings.load().files_bucket
    for part in run.parts:
        if part not in run.unchanged[1:]:
            yield _RESULTS.unpack(blobs.get(job.scope, bucket, names.result(run.number, part)))


def of(job: Job, run: ImportRun) -> Iterator[PartResult]:
    """What was found in a run, one object at a time; that of the dealer's own files comes last."""
    yield from of_parts(job, run)
    bucket, name = settings.load().files_bucket, names.dealer_result(run.number)
    if any(entity.per_dealer for entity in job.entities) and blobs.exists(job.scope, bucket, name):
        yield _RESULTS.unpack(blobs.get(job.scope, bucket, name))
