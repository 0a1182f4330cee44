"""Clients of the local AWS for the tools here. The app makes its own, from its environment."""

from functools import cache
from typing import Any

from boto3.session import Session
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "000000000000"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
"""So that no command here can ever reach the real account of the person who runs it."""


def local_client(service: str, url: str, *, connections: int = 10) -> Any:
    """`connections`: how many calls it may make at once without opening and closing one for each."""
    make: Any = _session().client
    config = Config(retries={"total_max_attempts": 3, "mode": "standard"}, max_pool_connections=connections)
    return make(service, endpoint_url=url, config=config)


@cache
def _session() -> Session:
    """Shared, since it caches the service models."""
    return Session("test", "test", region_name=REGION)
