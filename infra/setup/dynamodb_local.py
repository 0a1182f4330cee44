"""Amazon's DynamoDB Local."""

from . import system
from .maven import fetch_jars
from .paths import DYNAMODB_LOCAL


def dynamodb_local() -> None:
    """`.tools/dynamodb-local/*.jar` and the native library beside them."""
    system.java()
    fetch_jars("DynamoDB Local", "dynamodb-local.xml", DYNAMODB_LOCAL)
