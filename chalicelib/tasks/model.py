"""A line of the staff's to-do list. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, Self

from chalicelib.ccx.messages import Formats
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.i18n import LazyText
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import DealerScope

_SHOWN = re.compile(r"([a-z_]{1,30})\.([0-9A-HJKMNP-TV-Z]{26})\.(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """`task_id` is the ULID of what it stands for, `detail` what its kind needs to say it.

    `due` is a date where the dealer is, `assigned_to` the id of a person, `depot` the code of the account's depot.
    """

    kind: str
    task_id: str
    since: datetime
    due: date
    detail: Mapping[str, str]
    account_ref: str | None = None
    account_name: str = ""
    depot: str | None = None
    assigned_to: str | None = None
    version: int = 1

    @property
    def state(self) -> str:
        """Where what it stands for is; empty where its kind knows no states."""
        return self.detail.get("state", "")

    @property
    def shown(self) -> "ShownTask":
        """What a form sends of it."""
        return ShownTask(self.kind, self.task_id, self.version)


class ShownTask(NamedTuple):
    """Which task a page has shown, and in which version."""

    kind: str
    task_id: str
    version: int

    def __str__(self) -> str:
        return f"{self.kind}.{self.task_id}.{self.version}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` made. Raises NotFoundError for anything else."""
        found = _SHOWN.fullmatch(text)
        if found is None:
            raise NotFoundError
        return cls(found[1], found[2], int(found[3]))


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskKind:
    """What all tasks of a kind have in common.

    `label` and `plural` name them. `icon` is one of Bootstrap's, `tone` its colour. A task is due `days` after it was
    opened. `describe` says one in a line, from its `detail` and in the reader's formats; `page` is the path where it
    is dealt with, and `verb` what is done there. `ends_by_hand`: nothing else ends it. `role` is the least that may do
    it: who may not sees it all the same. `states` are what `detail["state"]` may be, where tasks of the kind have one.
    """

    name: str
    label: LazyText
    plural: LazyText
    icon: str
    days: int
    verb: LazyText
    describe: Callable[[Mapping[str, str], Formats], str]
    page: Callable[[Task], str]
    tone: str = ""
    ends_by_hand: bool = False
    role: Role = Role.USER
    states: Mapping[str, LazyText] = field(default_factory=dict)

    def may_do(self, scope: DealerScope) -> bool:
        """Whether this member of the staff may."""
        return self.is_for(scope.role)

    def is_for(self, role: Role) -> bool:
        """Whether a member of the staff with this role may do it."""
        return role.includes(self.role)
