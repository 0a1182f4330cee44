"""Groups to whom customers write, for tests of what comes of them."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.versions import version_text
from chalicelib.messages.recipients import operations, repo
from chalicelib.messages.recipients.operations import GroupForm
from tests.fixtures.cast import Dealership


def seen(dealership: Dealership) -> str:
    """What a form that is opened now would say."""
    return version_text(repo.directory(dealership.scope).version)


def group(
    dealership: Dealership,
    now: datetime,
    ids: Ids,
    *,
    name: str = "Accounts",
    members: Collection[str] = (),
    is_offered: bool = True,
) -> str:
    """The id of a group of this name, which is made where there is none."""
    known = [one.group_id for one in repo.directory(dealership.scope).groups if one.name == name]
    if known:
        return known[0]
    form = GroupForm(name=name, members=[*members], is_offered=is_offered, place=99)
    return operations.save_group(dealership.admin.staff_scope, None, form, seen=seen(dealership), now=now, ids=ids)
