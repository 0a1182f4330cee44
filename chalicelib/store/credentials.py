"""Credentials of the store's roles: taken by STS with the dealer as session tag, kept per role, renewed in time."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials, DeferredRefreshableCredentials, ReadOnlyCredentials

from chalicelib import settings
from chalicelib.kernel.clock import system_clock
from chalicelib.store.roles import StoreRole, current_role

if TYPE_CHECKING:
    from mypy_boto3_sts.client import STSClient

SESSION_SECONDS = 3600
"""The most that role chaining allows (IAM user guide, "Role chaining")."""


class _RoleSession(DeferredRefreshableCredentials):
    # Longer than the longest function runs (15 minutes), so that nothing it signs expires under it.
    _advisory_refresh_timeout = 16 * 60


class RoleCredentials(Credentials):
    """What clients sign with: the credentials of the role in force at that moment. Thread safe."""

    def __init__(self, sts: "Callable[[], STSClient]", *, clock: Callable[[], datetime] = system_clock) -> None:
        super().__init__("", "", method="role-in-force")
        self._sts = sts
        self._clock = clock
        self._sessions: dict[StoreRole, _RoleSession] = {}
        self._lock = Lock()

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Raises NoScopeInForceError where no role is in force, before anything is sent."""
        role = current_role()
        with self._lock:
            session = self._sessions.get(role)
            if session is None:
                session = self._sessions[role] = _RoleSession(
                    refresh_using=lambda: self._assume(role), method="sts-assume-role", time_fetcher=self._clock
                )
        frozen: ReadOnlyCredentials = session.get_frozen_credentials()
        return frozen

    def _assume(self, role: StoreRole) -> dict[str, Any]:
        tags = [{"Key": "dealer", "Value": role.dealer_id}] if role.dealer_id else []
        answer = self._sts().assume_role(
            RoleArn=_arn(role),
            RoleSessionName=role.dealer_id or role.kind,
            DurationSeconds=SESSION_SECONDS,
            Tags=tags,  # type: ignore[arg-type]
        )["Credentials"]
        return {
            "access_key": answer["AccessKeyId"],
            "secret_key": answer["SecretAccessKey"],
            "token": answer["SessionToken"],
            "expiry_time": answer["Expiration"].isoformat(),
        }


def _arn(role: StoreRole) -> str:
    here = settings.load()
    arns = {
        "tenant": here.tenant_role_arn,
        "intake": here.intake_role_arn,
        "mail": here.mail_role_arn,
        "identity": here.identity_role_arn,
        "operator": here.operator_role_arn,
        "public": here.public_role_arn,
    }
    return arns[role.kind]
