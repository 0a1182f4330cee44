"""The deployable: how large it is, and what a fresh process takes from it until a customer has the first page."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from chalicelib.identity import operations
from chalicelib.identity.model import ClientInfo
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope
from infra.package import archive
from infra.package.build import build
from infra.package.checks import MAX_BYTES
from infra.package.interpreter import python
from tests.bench.baselines import __file__ as baselines
from tests.bench.frame.accounts import open_rows
from tests.bench.frame.measure import Pair, children_cpu, in_turns
from tests.bench.frame.portal import event_of
from tests.bench.frame.registry import measurement
from tests.bench.frame.row import Row, row
from tests.bench.frame.world import aws
from tests.fixtures.cast import PASSWORD, make_dealership
from tests.ledger.accounts import an_account
from tests.ledger.published import publish

PATHS = "import sys\nsys.path[:0] = sys.argv[1:3]\n"
AND_STOP = "\nimport os\nos._exit(0)\n"
"""Lambda does not wait for a process to tidy up, and neither is that timed."""

FIRST_PAGE = f"""{PATHS}
import json
import app

class Context:
    function_name, memory_limit_in_mb, aws_request_id = "api", 1769, "request-1"
    invoked_function_arn = "arn:aws:lambda:us-east-1:000000000000:function:api"
    get_remaining_time_in_millis = staticmethod(lambda: 29_000)

with open(sys.argv[3]) as file:
    answer = app.app(json.load(file), Context)
assert answer["statusCode"] == 200, answer
{AND_STOP}"""
BARE_CLIENT = PATHS + Path(baselines).with_name("dynamodb_client.py").read_text() + AND_STOP
ROUNDS = 15


@measurement
def package(folder: Path) -> Iterator[Row]:
    made = build("prod", folder / "built")
    yield row("deployable zip", made.size / 1e6, "MB", at_most=MAX_BYTES / 1e6, how="without what Lambda has itself")
    task = folder / "task"
    archive.unpack(made.archive, task)
    with aws(folder):
        event = folder / "event.json"
        event.write_text(json.dumps(event_of("/transactions", secret=_session())))
        pair = _first_page(task, event)
    yield row(
        "fresh process to the first page",
        pair.subject * 1000,
        "ms of CPU",
        baseline=pair.baseline * 1000,
        at_most=1.5,
        how="from the unpacked zip, in a fresh interpreter without site-packages, until a logged-in customer has My "
        f"Transactions with 50 rows, DynamoDB Local and ministack over HTTP; {ROUNDS} times each, median",
    )


def _session() -> str:
    """The secret of a customer who is logged in, and whose account has 50 open rows."""
    ids, now = Ids(), system_clock()
    dealership = make_dealership(ids, now, name="Moorbeck Machinery", prefix="moorbeck", phone="01632 960 014")
    publish(ImportScope(dealership.dealer.dealer_id), [an_account(open_rows())])
    client = ClientInfo("192.0.2.1", "Firefox")
    email = dealership.customer.email
    return operations.log_in(IdentityScope(), email=email, password=PASSWORD, client=client, now=now, ids=ids).secret


def _first_page(task: Path, event: Path) -> Pair:
    variables = dict(os.environ)
    return in_turns(
        lambda: python(task, FIRST_PAGE, str(event), variables=variables),
        lambda: python(task, BARE_CLIENT),
        rounds=ROUNDS,
        clock=children_cpu,
    )
