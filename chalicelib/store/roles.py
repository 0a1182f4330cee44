"""Which role is in force: every AWS call for stored data is signed with it, and none is made without one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeVar

from chalicelib.kernel.scopes import (
    CustomerScope,
    IdentityScope,
    IntakeScope,
    MailScope,
    OperatorScope,
    PublicLookupScope,
    PublicScope,
    Scope,
    TenantScope,
)

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Scope)


class NoScopeInForceError(RuntimeError):
    """Stored data was touched outside `assume_scope`: a defect, never a user's mistake."""


@dataclass(frozen=True, slots=True)
class StoreRole:
    """One of the six roles of the store.

    A tenant's and the intake's have a `dealer_id`, the public one where the dealer is known. With one that is
    `read_only` clients send nothing that writes.
    """

    kind: Literal["tenant", "intake", "mail", "identity", "operator", "public"]
    dealer_id: str | None = None
    read_only: bool = False


_in_force: ContextVar[StoreRole | None] = ContextVar("role_in_force", default=None)


def role_of(scope: object) -> StoreRole:
    """The role a scope acts in. Raises TypeError for anything that is not a scope."""
    match scope:
        case CustomerScope():
            # Tested control: viewer-role-read-only
            return StoreRole("tenant", scope.dealer_id, read_only=scope.is_read_only)
        case TenantScope():
            return StoreRole("tenant", scope.dealer_id)
        case IntakeScope():
            return StoreRole("intake", scope.dealer_id)
        case MailScope():
            return StoreRole("mail")
        case IdentityScope():
            return StoreRole("identity")
        case OperatorScope():
            return StoreRole("operator")
        case PublicLookupScope():
            return StoreRole("public")
        case PublicScope():
            return StoreRole("public", scope.dealer_id)
    raise TypeError(f"not a scope: {scope!r}")


def current_role() -> StoreRole:
    """The role in force here. Raises NoScopeInForceError; a pool's threads do not inherit it."""
    role = _in_force.get()
    if role is None:
        raise NoScopeInForceError("no scope in force: call this through a @scoped repo function")
    return role


@contextmanager
def assume_scope(scope: Scope) -> Iterator[None]:
    """Put the role of `scope` in force; the one before comes back afterwards. Nesting is allowed."""
    token = _in_force.set(role_of(scope))
    try:
        yield
    finally:
        _in_force.reset(token)


def scoped(function: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Run a repo function in the role of its first positional argument. Raises TypeError if that is no scope."""

    @wraps(function)
    def run(scope: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with assume_scope(scope):
            return function(scope, *args, **kwargs)

    run.__scoped__ = True  # type: ignore[attr-defined]  # read by the sweep over all repos
    return run
