"""DynamoDB's answers from memory: what is left is what the program and its client do, without the kernel's sockets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

Answer = tuple[int, Any, bytes]


@contextmanager
def replayed(client: Any) -> Iterator[None]:
    """Inside, a request that `client` has sent before gets the answer that it got then, and none is sent."""
    known: dict[tuple[Any, Any], Answer] = {}

    def answer(request: AWSPreparedRequest, **_: Any) -> Any:
        key = request.headers["X-Amz-Target"], request.body
        if key not in known:
            real = client._endpoint.http_session.send(request)  # noqa: SLF001 - botocore has no other way
            known[key] = real.status_code, real.headers, real.content
        status, headers, content = known[key]
        made: Any = AWSResponse(request.url, status, headers, None)
        made._content = content  # noqa: SLF001 - as its own `content` would have kept it
        return made

    client.meta.events.register("before-send.dynamodb", answer)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send.dynamodb", answer)
