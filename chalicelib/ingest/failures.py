"""Why a run ends for something that is not in its export."""

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Day, Message
from chalicelib.dealers.publication import Published

STALLED = Message(Code.F501_STALLED)
POISON = Message(Code.F502_CANNOT_READ)
REFUSED_BY_STAFF = Message(Code.F504_REFUSED)
EXPIRED = Message(Code.F505_NOT_DECIDED)
REPLACED = Message(Code.F506_REPLACED)
CANNOT_OPEN = Message(Code.F507_CANNOT_OPEN)
OVERTAKEN_CODES = frozenset({Code.F503_OVERTAKEN, Code.F508_NEWER_EXPORT})


def overtaken(*, by: Published, base: Published) -> Message:
    """Of a run that is built on `base` while customers see `by`: a newer export, or one that an undo brought back."""
    if by.run > base.run and by.as_at:
        return Message(Code.F508_NEWER_EXPORT, {"number": str(by.sequence), "day": Day(by.as_at.isoformat())})
    return Message(Code.F503_OVERTAKEN)
