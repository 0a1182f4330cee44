"""The operator's commands for a dealer that leaves: its data as an archive, the request to close it, the deletion."""

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.dealers import lifecycle, repo
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.lifecycle_model import CheckedExport, ClosedDealer
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.errors import ConflictError, InvalidError, PortalError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import OperatorScope, TenantScope
from infra import dealer_deletion
from infra.dealer_data import client
from infra.dealer_export import Export, check_export, write_export
from infra.operator_commands.dealer import dealer_with_code
from infra.operator_commands.suspension import end_sessions

_S3 = re.compile(r"s3://(?P<bucket>[a-z0-9.-]{3,63})/(?P<key>.{1,1024})")


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add the commands."""
    export = commands.add_parser("export-dealer", help="write all that is stored of a dealer into an archive")
    export.set_defaults(run=_export)
    check = commands.add_parser("check-dealer-export", help="read such an archive again, and note that it is whole")
    check.set_defaults(run=_check)
    for one in (export, check):
        one.add_argument("dealer", help="the dealer's code")
        one.add_argument("archive", help="a file, or s3://BUCKET/KEY")
    close = commands.add_parser("close-dealer", help="suspend a dealer that leaves, and delete its data after a term")
    close.add_argument("dealer", help="the dealer's code")
    close.add_argument("--confirm", help="type the dealer's address in the portal to confirm")
    close.add_argument("--days", type=int, default=lifecycle.TERM, help="the term: 7 to 365, default 30")
    close.add_argument("--contact", help="whom its staff are to contact: an email or a number")
    close.add_argument("--withdraw", action="store_true", help="the dealer stays")
    close.set_defaults(run=_close)
    delete = commands.add_parser("delete-closed-dealers", help="delete the data of dealers whose term is over")
    delete.add_argument("--without-export", metavar="CODE", help="also of this dealer, of which no export was checked")
    delete.set_defaults(run=_delete)
    return [export, check, close, delete]


def _export(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    with _local(arguments.archive) as path:
        made = write_export(own, path, now=now)
        if match := _S3.fullmatch(arguments.archive):
            client("s3").upload_file(str(path), match["bucket"], match["key"])
    operator = OperatorScope(arguments.actor)
    lifecycle.note_made(operator, own, records=made.records, files=made.files, now=now, ids=ids)
    print(f"Wrote {made.records:,} records and {made.files:,} files to {arguments.archive}.")
    print("Check it: check-dealer-export, with the same arguments.")


def _check(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    with _local(arguments.archive) as path:
        if match := _S3.fullmatch(arguments.archive):
            client("s3").download_file(match["bucket"], match["key"], str(path))
        found, digest = check_export(path)
    if found.dealer_id != own.dealer_id:
        raise InvalidError("This is the export of another dealer")
    _print_whole(found, digest)
    checked = CheckedExport(digest=digest, made_at=found.made_at.astimezone(UTC), checked_at=now)
    if dealers.dealer(own, fresh=True).closing is None:
        print("The dealer is not to be closed, so nothing is noted.")
        return
    lifecycle.note_export(OperatorScope(arguments.actor), own, checked, now=now, ids=ids)
    print("Noted: its data may be deleted when the term is over.")


def _print_whole(found: Export, digest: str) -> None:
    print(f"The archive is whole: {found.records:,} records, {found.files:,} files, made {found.made_at.isoformat()}.")
    print(f"SHA-256 {digest}")


def _close(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    operator, name = OperatorScope(arguments.actor), dealers.dealer(own, fresh=True).name
    if arguments.withdraw:
        was = lifecycle.withdraw_closing(operator, own, now=now, ids=ids)
        print(f"{name} is no longer to be closed." if was else f"{name} is not to be closed.")
        if dealers.is_suspended(own):
            print("Its portal was suspended before, and still is: resume-dealer ends that.")
        return
    if not arguments.contact:
        raise InvalidError("Correct this option:", {"contact": "Say whom its staff may contact"})
    closing = lifecycle.request_closing(
        operator,
        own,
        slug=arguments.confirm or "",
        days=arguments.days,
        contact=arguments.contact,
        now=now,
        ids=ids,
    )
    print(f"The portal of {name} is suspended within 5 seconds. {end_sessions(own)} sessions ended.")
    print(f"Its data are kept until {closing.deletes_on.isoformat()}; its admins are notified by mail.")
    print("Until then: export-dealer, check-dealer-export; or close-dealer --withdraw.")


def _delete(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    """All dealers that are due; one in trouble does not hold the others back."""
    operator = OperatorScope(arguments.actor)
    failed = [*_begin_due(operator, arguments.without_export, now=now, ids=ids)]
    for one in repo.closed(operator):
        try:
            if one.deleted_at is None:
                _print_proof(dealer_deletion.delete(operator, one, now=now, ids=ids))
            elif dealer_deletion.release(operator, one, today=now.date()):
                print(f"{one.code}: its address {one.slug} and its code may be used again.")
        except (PortalError, RuntimeError) as error:
            failed.append(f"{one.code}: {error}")
    if failed:
        raise ConflictError("\n".join(failed))
    print("Nothing more is to be deleted today.")


def _begin_due(operator: OperatorScope, without_export: str | None, *, now: datetime, ids: Ids) -> Iterator[str]:
    if without_export:
        dealer_with_code(without_export, actor=operator.actor)  # a typing error is no reason to go on
    for entry in [one for one in repo.entries(operator) if one.suspended]:
        dealer = repo.dealer(TenantScope(entry.dealer_id))
        if dealer is None or not lifecycle.is_due(dealer.closing, local_date(now, dealer.time_zone)):
            continue
        alone = without_export is not None and entry.code.lower() == without_export.lower()
        try:
            dealer_deletion.begin(operator, entry, without_export=alone, now=now, ids=ids)
        except ConflictError as error:
            yield f"{entry.code}: {error.message}. Give --without-export {entry.code} to delete its data all the same"


def _print_proof(closed: ClosedDealer) -> None:
    counts = ", ".join(f"{number:,} {what.replace('_', ' ')}" for what, number in sorted(closed.counts.items()))
    print(f"{closed.code}: deleted {counts}. A last look through the table and the buckets found nothing.")
    print(f"{closed.code}: its address {closed.slug} stays nobody's until {closed.released_on}.")


@contextmanager
def _local(archive: str) -> Iterator[Path]:
    """The file itself, or one on the disk for an object of S3: a ZIP is read from its end."""
    if _S3.fullmatch(archive):
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder) / "export.zip"
        return
    path = Path(archive)
    if not path.parent.is_dir():
        raise InvalidError(f"There is no folder {path.parent}")
    yield path
