"""What staging found, an object for a part; that of the first unchanged part is of all unchanged ones together."""

from collections.abc import Iterator

from chalicelib import settings
from chalicelib.ingest import names
from chalicelib.ingest.job import Job
from chalicelib.ingest.model import ImportRun, PartResult
from chalicelib.store import blobs
from chalicelib.store.codec import Codec

_RESULTS: Codec[PartResult] = Codec(PartResult)


def put(job: Job, run: int, part: int, result: PartResult) -> None:
    """Store what was found in a part."""
    name = names.result(run, part)
    blobs.put(job.scope, settings.load().files_bucket, name, _RESULTS.pack(result), "application/octet-stream")


def of(job: Job, run: ImportRun) -> Iterator[PartResult]:
    """What was found in a run, one object at a time."""
    bucket = settings.load().files_bucket
    for part in run.parts:
        if part not in run.unchanged[1:]:
            yield _RESULTS.unpack(blobs.get(job.scope, bucket, names.result(run.number, part)))
