"""The moment of a list of accounts, for a file that is made of it later."""

from typing import NamedTuple

from pydantic import TypeAdapter

from chalicelib.dealers.publication import Published
from chalicelib.kernel.schemas import adapter

_PUBLISHED: TypeAdapter[Published] = adapter(Published)


class ListSnapshotRef(NamedTuple):
    """The run with its shards, and the revision of the enrolments: a file of another moment is another file."""

    published: Published
    revision: int

    def __str__(self) -> str:
        """For storage."""
        return f"{self.revision} {_PUBLISHED.dump_json(self.published).decode()}"

    @classmethod
    def parse(cls, text: str) -> "ListSnapshotRef":
        """What `str` wrote. Raises ValueError for anything else."""
        revision, _, published = text.partition(" ")
        return cls(_PUBLISHED.validate_json(published), int(revision))
