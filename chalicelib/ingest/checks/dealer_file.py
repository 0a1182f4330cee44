"""A file whose rows belong to the dealer: read whole, for it is small."""

from typing import Any

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.entity import AccountContext, Entity
from chalicelib.ccx.row_collector import RowCollector, collector_for
from chalicelib.ingest.checks.account import check_sheet


def check_dealer_file(bundle: Bundle, entity: Entity[Any]) -> tuple[list[Any], RowCollector]:
    """Its accepted rows, and what was found in it and counted."""
    around = AccountContext("", bundle.manifest.base_currency, bundle.manifest.as_at)
    header, path = bundle.header(entity.name), bundle.path(entity.name)
    collector = collector_for(entity, header, file=path, ref="", currency=around.currency)
    return check_sheet(entity, collector.read(list(bundle.records(entity.name))), collector, around), collector
