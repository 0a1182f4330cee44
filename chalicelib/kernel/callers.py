"""Who runs an operator's command: the user of the operating system and the identity in AWS, for the audit trail.

`--actor` is whatever they type. The identity in AWS cannot be chosen where operators log in by IAM Identity Center; who
assumes a role by hand chooses the name of the session, which is the end of its ARN.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Caller(NamedTuple):
    """`os_user` of the machine, and `aws`, the ARN that AWS knows them by, where the portal is deployed."""

    os_user: str
    aws: str = ""

    @property
    def name(self) -> str:
        """The stronger of the two: tells people apart."""
        return self.aws or f"os:{self.os_user}"


_calling: ContextVar[Caller | None] = ContextVar("operator_caller", default=None)


@contextmanager
def called_by(caller: Caller) -> Iterator[None]:
    """Everything that is written inside says so in its audit row."""
    token = _calling.set(caller)
    try:
        yield
    finally:
        _calling.reset(token)


def caller_detail() -> Mapping[str, dict[str, str]]:
    """What an audit row says of it: nothing where no operator's command runs."""
    caller = _calling.get()
    return {"operator": {name: value for name, value in caller._asdict().items() if value}} if caller else {}


def caller_name() -> str:
    """Empty where no operator's command runs."""
    caller = _calling.get()
    return caller.name if caller else ""
