"""Lambda's context object: what Chalice and Powertools read of it."""

import time
from dataclasses import dataclass, field
from uuid import uuid4


@dataclass(slots=True)
class LambdaContext:
    """One invocation of `function_name`, which has `seconds` from now."""

    function_name: str
    seconds: float
    memory_limit_in_mb: int = 1024
    aws_request_id: str = field(default_factory=lambda: str(uuid4()))
    _started: float = field(default_factory=time.monotonic)

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:000000000000:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._started + self.seconds - time.monotonic()) * 1000))
