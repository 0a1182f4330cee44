"""No call for stored data goes out that the key guard has not judged, from any client (threat 2)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import local
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from app import app
from chalicelib.kernel.ids import Ids
from chalicelib.store import clients
from infra.iam import guard
from tests.fixtures.cast import make_cast
from tests.fixtures.figures import RecordFigure
from tests.fixtures.worlds import World
from tests.sweeps.scenario import address, furnish, post

pytestmark = pytest.mark.long
DATA = frozenset({"dynamodb", "s3"})


@dataclass
class Watch:
    """Calls by name, and those of them that nobody judged."""

    calls: Counter[str] = field(default_factory=Counter)
    unjudged: list[str] = field(default_factory=list)


@contextmanager
def watched() -> Iterator[Watch]:
    """Counts at the one place that every botocore client goes through, also one that never met the store."""
    watch, now = Watch(), local()
    judge, make = guard.authorize, BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def judged(*args: Any, **more: Any) -> None:
        now.judged = True  # comes before a call is signed, for which STS may have to be asked in between
        judge(*args, **more)

    def counted(client: BaseClient, operation: str, params: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        outer, now.judged = getattr(now, "judged", False), False
        try:
            return make(client, operation, params)
        finally:
            if service in DATA:
                watch.calls[f"{service}:{operation}"] += 1
                if not now.judged:
                    watch.unjudged.append(f"{service}:{operation}")
            now.judged = outer

    with pytest.MonkeyPatch.context() as patch:
        clients.reset()  # those there are hold the earlier judge
        patch.setattr(guard, "authorize", judged)
        patch.setattr(BaseClient, "_make_api_call", counted)
        yield watch
    clients.reset()


def test_every_call_of_two_dealers_days_is_judged(aws: World, now: datetime, ids: Ids, figures: RecordFigure) -> None:
    with watched() as watch:
        scenario = furnish(aws, make_cast(ids, now), ids, now)
        for resource, methods in app.routes.items():
            for method in methods.keys() - {"HEAD"}:
                for name in ("our admin", "our customer", "our upload client"):
                    with scenario.visiting(scenario.callers()[name], fresh=method == "POST") as visitor:
                        path = address(scenario, resource, scenario.cast.ours)
                        _ = post(visitor, path) if method == "POST" else visitor.call(method, path)
    total = watch.calls.total()
    figures(f"key guard: {total} data calls of {len(watch.calls)} kinds, {len(watch.unjudged)} unjudged")
    assert watch.calls.total() > 300
    assert {"dynamodb:TransactWriteItems", "dynamodb:Query", "dynamodb:BatchWriteItem", "s3:GetObject"} <= set(
        watch.calls
    )
    assert watch.unjudged == []


def test_a_client_that_goes_round_the_store_is_noticed(aws: World) -> None:
    make: Any = boto3.client
    with watched() as watch:
        make("dynamodb").get_item(TableName=aws.settings.table_name, Key={"pk": {"S": "x"}, "sk": {"S": "y"}})
        make("s3").list_buckets()
        make("sqs").list_queues()
    assert watch.unjudged == ["dynamodb:GetItem", "s3:ListBuckets"]
