"""Why a run ends for something that is not in its export."""

from chalicelib.ccx.codes import Code
from chalicelib.ccx.messages import Message

STALLED = Message(Code.F501_STALLED)
POISON = Message(Code.F502_CANNOT_READ)
OVERTAKEN = Message(Code.F503_OVERTAKEN)
REFUSED_BY_STAFF = Message(Code.F504_REFUSED)
EXPIRED = Message(Code.F505_NOT_DECIDED)
REPLACED = Message(Code.F506_REPLACED)
CANNOT_OPEN = Message(Code.F507_CANNOT_OPEN)
