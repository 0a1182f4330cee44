"""A failing network and failing services: the first attempts of calls fail, before they arrive or after."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

from tests.fixtures.calls import listening
from tests.soak.workers import SERVICES

_THROTTLED = {
    "dynamodb": (400, '{"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}'),
    "sqs": (400, '{"__type": "com.amazonaws.sqs#ThrottlingException", "message": "slow down"}'),
    "s3": (503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"),
}


@dataclass(frozen=True, slots=True)
class Faults:
    """How the first `times` attempts of every Nth call fail. Those that arrive take effect, unanswered.

    Not of all calls at once: a client has a quota for attempts, and soon gives up where everything fails.
    """

    kind: str
    times: int = 1
    each: int = 3
    first: int = 0
    arrives: bool = False


FAILURES = (("throttled", False), *((kind, arrives) for kind in ("500", "503", "timeout") for arrives in (False, True)))
EVERY = (
    *(Faults(kind, first=first, arrives=arrives) for kind, arrives in FAILURES for first in range(3)),
    *(Faults(kind, times=3, each=12, arrives=arrives) for kind, arrives in FAILURES),
)


@contextmanager
def bad(faults: Faults) -> Iterator[set[str]]:
    """The calls of DynamoDB, S3 and SQS inside meet it. Gives the ids of those that did."""
    with ExitStack() as stack:
        injector = _Injector(faults, stack)
        for service in SERVICES:
            stack.enter_context(listening(service, "before-send", injector.fail, first=True))
        yield injector.met


class _Injector:
    def __init__(self, faults: Faults, stack: ExitStack) -> None:
        self._faults = faults
        self._seen = 0
        self.met: set[str] = set()
        self._http = URLLib3Session()
        stack.callback(self._http.close)

    def fail(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse | None:
        call, attempt = _text(request.headers["amz-sdk-invocation-id"]), _attempt(request)
        if attempt == 1:
            if self._seen % self._faults.each == self._faults.first:
                self.met.add(call)
            self._seen += 1
        if call not in self.met or attempt > self._faults.times:
            return None
        if self._faults.arrives:
            self._http.send(request).content  # noqa: B018 - reads it to its end
            request.reset_stream()
        return _failure(self._faults.kind, event_name.split(".")[1], request.url, lost=self._faults.arrives)


def _failure(kind: str, service: str, url: str, *, lost: bool) -> AWSResponse:
    if kind == "timeout":
        raise (ReadTimeoutError if lost else ConnectTimeoutError)(endpoint_url=url)
    status, text = _THROTTLED[service] if kind == "throttled" else (int(kind), "")
    return AWSResponse(url, status, HTTPHeaders(), _Raw(text.encode()))


class _Raw(BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


def _attempt(request: AWSPreparedRequest) -> int:
    told = dict(part.strip().split("=") for part in _text(request.headers["amz-sdk-request"]).split(";"))
    return int(told["attempt"])


def _text(header: bytes | str) -> str:
    return header.decode() if isinstance(header, bytes) else header
