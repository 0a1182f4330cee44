"""A document on its way from a customer to staff, with the scanner's stand-in where AWS has GuardDuty."""

import threading
from collections.abc import Mapping
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler as _Redirects
from urllib.request import Request, build_opener

from infra.local.scanner import Scanner
from infra.rehearsal.deployment import Deployment, RehearsalError

CONTENT = b"date;amount\r\n2024-06-01;120,50\r\n"
_BOUNDARY = "rehearsal-of-a-document"


class _Stay(_Redirects):
    def redirect_request(self, *_: object) -> None:
        """Leave the answer as it is: the storage sends a browser on."""


def post_file(address: str, fields: Mapping[str, str], data: bytes) -> str:
    """As a browser without scripts does. Where the storage sends it. Raises RehearsalError."""
    parts = [f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="may.csv"\r\n\r\n'
    body = "".join((*parts, head)).encode() + data + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}
    try:
        build_opener(_Stay).open(Request(address, data=body, headers=headers), timeout=20).close()
    except HTTPError as answer:
        with answer:
            location: str = answer.headers.get("Location", "")
            if location:
                return location
            raise RehearsalError(f"The storage refused the file ({answer.code}): {answer.read()[:200]!r}") from answer
    raise RehearsalError("The storage sends nobody back to the portal.")


def scan(deployment: Deployment) -> int:
    """Tag what is in quarantine and tell the queue, with the deployer's rights. How many versions."""
    s3, sqs = deployment.client("s3"), deployment.client("sqs")
    bucket, queue = deployment.outputs["QuarantineBucket"], deployment.outputs["VerdictQueueUrl"]
    return Scanner(s3, sqs, bucket, queue, threading.Event()).scan()
