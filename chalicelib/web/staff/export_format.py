"""The export format by its declarations: what a dealer's system may write, for those who set the export up."""

from itertools import groupby
from typing import Any

from chalice.app import Response

from chalicelib.ccx.columns import Column
from chalicelib.ccx.entity import Entity
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.ingest.entities import ENTITIES

routes = Routes(__name__)


@routes.get("/staff/imports/format", STAFF)
def export_format(request: Request) -> Response:
    """Each file with its columns."""
    files = [(entity, _rows(entity)) for entity in ENTITIES]
    code = request.dealer.code if request.dealer else ""
    example = f"ccx_{code}_20261121T061200Z_00000412.zip"
    return page(request, "staff/export_format.html", files=files, example=example)


def _rows(entity: Entity[Any]) -> list[tuple[list[str], bool, str, str]]:
    """Names, whether required, kind and meaning; neighbours of which the same is said share a line."""
    grouped = groupby(entity.schema.columns, key=_described)
    return [([column.name for column in columns], *described) for described, columns in grouped]


def _described(column: Column) -> tuple[bool, str, str]:
    return column.required, column.kind.description, column.description
