"""A master account with those that it answers for, published as an import publishes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.customers import groups
from chalicelib.customers.directory import repo as directory
from chalicelib.customers.directory.shards import encode_shard
from chalicelib.customers.groups import GROUPS, Member
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.publication import DealerSheet
from chalicelib.kernel.scopes import ImportScope
from chalicelib.ledger import repo
from chalicelib.ledger.row import Row
from chalicelib.sheets import repo as sheets
from tests.customers.accounts import account
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row

MASTER = "5000"
OF_GROUP: Mapping[str, Sequence[Row]] = {
    "5000": [
        a_row("M1", total=10_000, on="2024-06-01", due_date="2024-07-05"),
        a_row("M0", total=700, on="2024-01-09", outstanding=0, settled_date="2024-02-01", settled_reason="paid"),
    ],
    "5001": [a_row("S1", total=4_050, on="2024-04-17", due_date="2024-05-17", description="Hose")],
    "5002": [a_row("S2", total=-1_025, on="2024-05-30", type="credit_note")],
}
"""100.00 and 40.50 and -10.25: 130.25 together."""


def publish_group(
    scope: ImportScope,
    of: Mapping[str, Sequence[Row]] = OF_GROUP,
    *,
    master: str = MASTER,
    run: int = 1,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    others: Sequence[str] = (),
) -> None:
    """The accounts by number, all of the master's group but `others`; `facts` changes what is said of some."""
    made = [
        an_account(
            rows,
            run=run,
            facts=a_facts(
                ref,
                **{
                    "name": f"Farm {ref}",
                    "balance": sum(row.outstanding for row in rows),
                    **((facts or {}).get(ref) or {}),
                },
            ),
        )
        for ref, rows in of.items()
    ]
    known = [
        account(
            one.head.account_ref,
            one.head.facts.name,
            head_run=run,
            balance=one.head.balance,
            portal_eligible=one.head.facts.portal_eligible,
        )
        for one in made
    ]
    directory.stage_shard(scope, n=1, index=0, run=run, packed=encode_shard(known))
    pages = groups.lay_out(Member(master, ref) for ref in of if ref not in {master, *others})
    sheets.stage_dealer(scope, GROUPS, run, pages)
    publish(scope, made, run=run, sheets={GROUPS: DealerSheet(run, len(pages), 0)})
    repo.forget()
    dealers.forget_published(scope)
