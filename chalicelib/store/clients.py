"""AWS clients: one per service and process, made when first asked for. The only place that makes any."""

from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, overload

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader

from chalicelib.kernel.errors import ReadOnlyError
from chalicelib.store.credentials import RoleCredentials
from chalicelib.store.roles import current_role

if TYPE_CHECKING:
    from botocore.model import OperationModel
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_ses.client import SESClient
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sts.client import STSClient

SERVICES = ("dynamodb", "s3", "ses", "sns", "sqs", "sts")
STORED = frozenset({"dynamodb", "s3"})
"""Services that hold tenants' data: signed with the role in force. The others use the function's own role."""
READS = frozenset({"GetItem", "BatchGetItem", "Query", "GetObject", "HeadObject", "ListObjectsV2"})
"""What a role that is read-only may call."""

# Tested control: client-retries
_RETRIES: Any = {"mode": "standard", "total_max_attempts": 4}  # backs off with jitter
_AGENT = "customer-connect"
"""botocore puts its own together anew for every call, twice: a fifth of a call's CPU."""
_CONFIGS = {
    # pynamodb builds each request from typed attributes and so switches validation off: 0.3 ms of 1.0 a batch of 25.
    "dynamodb": Config(
        retries=_RETRIES, connect_timeout=2, read_timeout=8, parameter_validation=False, user_agent=_AGENT
    ),
    # One attempt: a mail whose answer was lost may have gone out, and nobody wants it twice.
    "ses": Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=8, user_agent=_AGENT),
    "sns": Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=8, user_agent=_AGENT),  # likewise
    # "virtual" signs links for the bucket's own region; else they go to the global address, which may redirect.
    "s3": Config(
        retries=_RETRIES,
        connect_timeout=2,
        read_timeout=30,
        user_agent=_AGENT,
        signature_version="s3v4",
        s3={"addressing_style": "virtual"},
    ),
}
_OTHERS = Config(retries=_RETRIES, connect_timeout=2, read_timeout=8, user_agent=_AGENT)

observers: list[Callable[[Any], None]] = []
"""Called with each new client: the local key guard and the tests listen to its events."""

_clients: dict[str, Any] = {}
_sessions: dict[bool, botocore.session.Session] = {}
"""By whether their clients are signed with the role in force."""
_lock = RLock()


class _Loader(Loader):
    """Reads botocore's descriptions of services. Its own lists the folders of all 400 before it reads one: 30 ms."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 - botocore's
        return list(SERVICES)


_loader = _Loader()


class _RoleProvider:
    """Stands where botocore looks for credentials; keeps one RoleCredentials for all clients."""

    def __init__(self) -> None:
        self._credentials = RoleCredentials(lambda: client("sts"))

    def load_credentials(self) -> RoleCredentials:
        return self._credentials


_provider = _RoleProvider()


@overload
def client(service: Literal["dynamodb"]) -> "DynamoDBClient": ...
@overload
def client(service: Literal["s3"]) -> "S3Client": ...
@overload
def client(service: Literal["sqs"]) -> "SQSClient": ...
@overload
def client(service: Literal["ses"]) -> "SESClient": ...
@overload
def client(service: Literal["sns"]) -> "SNSClient": ...
@overload
def client(service: Literal["sts"]) -> "STSClient": ...
def client(service: str) -> Any:
    """The process's client of a service. Making one takes 50 ms or more and is not thread safe, hence the lock."""
    found = _clients.get(service)
    if found is None:
        with _lock:
            found = _clients.get(service)
            if found is None:
                found = _make(service)
                for observe in observers:
                    observe(found)
                _clients[service] = found
    return found


def _make(service: str) -> Any:
    session = _session(is_stored=service in STORED)
    made = session.create_client(service, config=_CONFIGS.get(service, _OTHERS))
    if service in STORED:
        made.meta.events.register("before-call", _require_writable)
    return made


def _require_writable(model: "OperationModel", **_: Any) -> None:
    """Every call of stored data passes here, whichever way it was made. Raises ReadOnlyError."""
    if model.name not in READS and current_role().read_only:
        raise ReadOnlyError


def _session(*, is_stored: bool) -> botocore.session.Session:
    """One for all clients of a kind: endpoints, partitions and defaults are read once."""
    found = _sessions.get(is_stored)
    if found is None:
        found = _sessions[is_stored] = botocore.session.Session()
        found.register_component("data_loader", _loader)
        if is_stored:
            found.register_component("credential_provider", _provider)
    return found


def reset() -> None:
    """Forget all clients and role sessions, for tests that start another AWS."""
    global _provider  # noqa: PLW0603 - the one cache, replaced whole
    with _lock:
        _clients.clear()
        _sessions.clear()
        _provider = _RoleProvider()
