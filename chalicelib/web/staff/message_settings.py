"""Settings, Messages: to whom customers write. Groups of the staff, people whom they may choose, and the default."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.dealership_users.queries import staff_labels
from chalicelib.http.access import STAFF_ADMIN_MESSAGES
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.versions import version_text
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.messages.recipients import operations, queries
from chalicelib.messages.recipients.model import MAX_GROUP_NAME, MAX_REP_CODE, MAX_REP_CODES, Directory, Group
from chalicelib.messages.recipients.operations import GroupForm
from chalicelib.profiles import queries as profiles
from chalicelib.web.staff.confirm import confirm_page

routes = Routes(__name__)

HOME = "/staff/settings/messages"
NEW = f"{HOME}/new"
GROUP = f"{HOME}/{{group}}"
MAX_CODES = MAX_REP_CODES * (MAX_REP_CODE + 2)
_NO_GROUP = Group(group_id="", name="")


@routes.get(HOME, STAFF_ADMIN_MESSAGES)
def settings(request: Request) -> Response:
    """The groups in their order, and who else may be chosen."""
    found = queries.directory(request.dealer_scope)
    return _page(request, found, seen=version_text(found.version))


@routes.post(HOME, STAFF_ADMIN_MESSAGES)
def save(request: Request) -> Response:
    """Save who may be chosen and which group is the default."""
    scope, seen = request.dealer_scope, request.form.get("seen", "")
    try:
        is_new = operations.save_people(
            scope,
            request.form_all.get("person", []),
            lambda person_id: request.form.get(f"codes-{person_id}", "")[: 2 * MAX_CODES],
            default_group=request.form.get("default", ""),
            seen=seen,
            now=request.now,
            ids=request.services.ids,
        )
    except InvalidError as error:
        return _page(request, queries.directory(scope), seen=seen, status=422, errors=error.fields)
    except ConflictError as error:
        newest = queries.directory(scope)
        return _page(request, newest, seen=version_text(newest.version), status=409, message=_overtaken(error))
    return redirect(HOME, flash=_("Saved. Your customers see it now.") if is_new else _("Nothing has changed."))


@routes.get(NEW, STAFF_ADMIN_MESSAGES)
def new_group(request: Request) -> Response:
    """The form of a new group."""
    found = queries.directory(request.dealer_scope)
    return _group_page(request, found, None, seen=version_text(found.version))


@routes.post(NEW, STAFF_ADMIN_MESSAGES)
def add_group(request: Request) -> Response:
    """Add it."""
    return _save_group(request, None)


@routes.get(GROUP, STAFF_ADMIN_MESSAGES)
def group(request: Request) -> Response:
    """The form of a group."""
    found = queries.directory(request.dealer_scope)
    return _group_page(request, found, _group(request, found), seen=version_text(found.version))


@routes.post(GROUP, STAFF_ADMIN_MESSAGES)
def save_group(request: Request) -> Response:
    """Change it."""
    return _save_group(request, _group(request, queries.directory(request.dealer_scope)))


@routes.get(f"{GROUP}/delete", STAFF_ADMIN_MESSAGES)
def ask_to_delete(request: Request) -> Response:
    """Asks once more."""
    found = queries.directory(request.dealer_scope)
    return confirm_page(
        request,
        _("Delete the group %(name)s?", name=_group(request, found).name),
        _("Its conversations stay, and go to the default group."),
        _("Delete the group"),
        back=HOME,
        fields={"seen": version_text(found.version)},
    )


@routes.post(f"{GROUP}/delete", STAFF_ADMIN_MESSAGES)
def delete(request: Request) -> Response:
    """There is no such group any more."""
    try:
        operations.delete_group(
            request.dealer_scope,
            request.params["group"],
            seen=request.form.get("seen", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        return redirect(HOME, flash=error.message, failed=True)
    return redirect(HOME, flash=_("Deleted"))


def _save_group(request: Request, before: Group | None) -> Response:
    scope, seen = request.dealer_scope, request.form.get("seen", "")
    form = GroupForm(
        name=request.form.get("name", "")[: 4 * MAX_GROUP_NAME],
        members=request.form_all.get("member", []),
        is_offered=request.form.get("offered") == "yes",
        place=(whole_number(request.form.get("place", "")) or 1) - 1,
    )
    try:
        operations.save_group(
            scope, before.group_id if before else None, form, seen=seen, now=request.now, ids=request.services.ids
        )
    except InvalidError as error:
        return _group_page(request, queries.directory(scope), before, seen=seen, status=422, errors=error.fields)
    except ConflictError as error:
        newest = queries.directory(scope)
        return _group_page(
            request, newest, before, seen=version_text(newest.version), status=409, message=_overtaken(error)
        )
    return redirect(HOME, flash=_("Saved. Your customers see it now."))


def _overtaken(error: ConflictError) -> str:
    return " ".join((error.message, _("Nothing was saved. Check what you entered, then save again.")))


def _group(request: Request, found: Directory) -> Group:
    group = found.group(request.params["group"])
    if group is None:
        raise NotFoundError
    return group


def _page(
    request: Request,
    found: Directory,
    *,
    seen: str,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> Response:
    labels, is_sent = _labels(request), request.method == "POST"
    named = profiles.named(request.dealer_scope, labels) if labels else {}
    stored = {one.person_id: ", ".join(one.rep_codes) for one in found.people}
    ticked = set(request.form_all.get("person", [])) if is_sent else set(stored)
    people = [
        {
            "id": one,
            "label": label,
            "is_chosen": one in ticked,
            "codes": request.form.get(f"codes-{one}", "") if is_sent else stored.get(one, ""),
            "is_named": one in named and bool(named[one].name),
        }
        for one, label in labels.items()
    ]
    return page(
        request,
        "staff/message_settings.html",
        status=status,
        groups=[(one, [labels[member] for member in one.members if member in labels]) for one in found.groups],
        people=people,
        default=request.form.get("default", "") if is_sent else found.default_group,
        choices=[("", _("All staff, nobody in particular")), *((one.group_id, one.name) for one in found.groups)],
        max_codes=MAX_CODES,
        seen=seen,
        errors=errors or {},
        message=message,
    )


def _group_page(
    request: Request,
    found: Directory,
    group: Group | None,
    *,
    seen: str,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    message: str = "",
) -> Response:
    shown, is_sent = group or _NO_GROUP, request.method == "POST"
    ids = [one.group_id for one in found.groups]
    place = ids.index(shown.group_id) + 1 if shown.group_id in ids else len(ids) + 1
    return page(
        request,
        "staff/message_group.html",
        status=status,
        group=group,
        name=request.form.get("name", "") if is_sent else shown.name,
        members=set(request.form_all.get("member", [])) if is_sent else set(shown.members),
        is_offered=request.form.get("offered") == "yes" if is_sent else shown.is_offered,
        place=request.form.get("place", "") if is_sent else str(place),
        positions=[(str(one), str(one)) for one in range(1, len({*ids, shown.group_id}) + 1)],
        people=list(_labels(request).items()),
        max_name=MAX_GROUP_NAME,
        seen=seen,
        errors=errors or {},
        message=message,
    )


def _labels(request: Request) -> dict[str, str]:
    return dict(sorted(staff_labels(request.dealer_scope).items(), key=lambda one: one[1].casefold()))
