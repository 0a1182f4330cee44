"""Exports of a dealership in which every name, text and address holds its canary."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.dealers import queries as dealers
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.ledger.row_query import PAGE_ROWS
from tests import bundles
from tests.fixtures.cast import Dealership
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline

DRAWN = "1201"
"""The account whose invoice has lines and no file, so that its PDF is drawn."""
INELIGIBLE, ARCHIVED = "1300", "1301"
"""An account that may not use the portal, and one that only the first export names."""
SUB = "1302"
"""An account that 1200 is the master of."""
LONG_NAME = "und Norderfriedrichskooger Agrargenossenschaft"
LARGE = "123456789.01"
"""What has to fit its page beside a reference that is as long as it may be: a long name, an amount of nine digits."""
WRONG_TOTAL = {"customers": {"totals": {"balance": {"GBP": "0.01"}}}}


def canary(dealership: Dealership) -> str:
    """In all data of a dealership and nowhere else."""
    return f"canary{dealership.dealer.dealer_id}"


def paper_of(bird: str) -> bytes:
    """A stored PDF that says whose it is."""
    return bundles.PDF + f"% {bird}\n".encode()


def only_ours(dealership: Dealership) -> str:
    """An account that only this dealer has, since both number alike."""
    return f"X/{dealership.dealer.dealer_id}"


def transaction(dealership: Dealership) -> str:
    """The newest transaction of this dealer's account 1200, which has two pages of them."""
    return f"T{dealership.dealer.dealer_id}"


@dataclass
class CanaryExports:
    """A dealer's exports, one after another."""

    pipeline: ImportPipeline
    sequence: int = 0
    _rows: list[dict[str, str]] = field(default_factory=list)
    _customers: list[dict[str, str]] = field(default_factory=list)
    _more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        dealership = self.pipeline.dealership
        bird, papers = canary(dealership), []
        for place, ref in enumerate(("1200", DRAWN, only_ours(dealership))):
            number = transaction(dealership) if ref == "1200" else f"{bird}-{ref}"
            paper = f"{bird}-{place}" if ref != DRAWN else ""
            self._customers.append(
                bundles.customer(ref, name=f"{bird} {ref} {LONG_NAME}", city=bird, email=f"{bird}@farm{place}.example")
            )
            text = f"{bird} of {ref}"
            self._rows.append(
                bundles.transaction(
                    ref, number, LARGE, reference=f"{bird}{'0' * 40}"[:40], description=text, document_id=paper
                )
            )
            if paper:
                papers.append(bundles.document(ref, paper, paper_of(bird), transaction_id=number))
        for ref in (INELIGIBLE, ARCHIVED):
            self._customers.append(_shut(ref, bird))
            self._rows.append(bundles.transaction(ref, f"{bird}-{ref}", "7.70", description=f"{bird} of {ref}"))
        self._customers.append(
            bundles.customer(
                SUB, name=f"{bird} {SUB} {LONG_NAME}", master_account_ref="1200", email=f"{bird}@farm3.example"
            )
        )
        self._rows.append(bundles.transaction(SUB, f"{bird}-{SUB}", "40.50", description=f"{bird} of {SUB}"))
        self._rows += [
            bundles.transaction("1200", f"{bird}.{n}", "1.00", description=f"{bird} {n}", transaction_date="2024-01-31")
            for n in range(PAGE_ROWS)
        ]
        self._rows.append(
            bundles.transaction("1200", f"{bird}-00", f"-{LARGE}", type="credit_note", transaction_date="2024-06-04")
        )
        self._more["documents"] = papers
        self._more["lines"] = [bundles.line(DRAWN, f"{bird}-{DRAWN}", 1, "6.42", description=f"{bird} line")]
        paid = {"from_transaction_id": f"{bird}-00", "to_transaction_id": transaction(dealership), "amount": "1.00"}
        self._more["allocations"] = [{"account_ref": "1200", "allocated_date": "2024-06-04"} | paid]
        self._more["statements"] = [
            {
                "account_ref": ref,
                "statement_id": bird,
                "period_to": "2024-05-31",
                "closing": "1.00",
                "document_id": paper,
            }
            for ref, paper in (("1200", f"{bird}-0"), (only_ours(dealership), f"{bird}-2"))
        ]
        self._more["contents"] = {paper["document_id"]: paper_of(bird) for paper in papers}

    def publish(self) -> int:
        """Imports an export that customers see at once; the number of its run."""
        run = self._take_in(self._rows)
        assert run.state is RunState.PUBLISHED, run.message
        return run.number

    def published(self) -> int:
        """The number of the run that customers see, before which they saw another; imports one if need be."""
        current = dealers.published(self.pipeline.scope, fresh=True).run
        return current if current > 1 else self.publish()

    def held(self) -> int:
        """The number of a run that waits for a decision, with a rejected row; imports one if need be."""
        run = self.pipeline.newest()
        if run.state is not RunState.HELD:
            spoiled = [{**self._rows[0], "transaction_date": "31/09/2024"}, *self._rows[1:]]
            run = self._take_in(spoiled, files=WRONG_TOTAL)
        assert run.state is RunState.HELD, run.message
        return run.number

    def rename(self, ref: str) -> str:
        """Publishes another name and email of an account; the era that would begin with them."""
        bird = canary(self.pipeline.dealership)
        renamed = {"name": f"{bird} of {self.sequence}", "email": f"{bird}@{self.sequence}.example"}
        self._customers = [one | renamed if one["account_ref"] == ref else one for one in self._customers]
        self.publish()
        head = self.pipeline.head(ref)
        assert head is not None
        assert head.owner_change is not None
        return head.owner_change.era

    @property
    def upload_id(self) -> str:
        """The upload that the published run came by."""
        return self.pipeline.run(self.published()).upload_id

    def upload(self) -> str:
        """Puts an export into the inbox and tells nobody; the object's name."""
        return self.pipeline.put(self._bundle(self._rows))

    def _take_in(self, rows: list[dict[str, str]], **more: Any) -> ImportRun:
        return self.pipeline.take_in(self._bundle(rows, **more))

    def _bundle(self, rows: list[dict[str, str]], **more: Any) -> bytes:
        self.sequence += 1
        customers = self._customers
        if self.sequence > 1:
            customers, rows = ([row for row in some if row["account_ref"] != ARCHIVED] for some in (customers, rows))
        return export(self.pipeline, customers, rows, self.sequence, **self._more | more)


def _shut(ref: str, bird: str) -> dict[str, str]:
    eligible = "false" if ref == INELIGIBLE else "true"
    return bundles.customer(ref, name=f"{bird} {ref}", email=f"{bird}@farm{ref}.example", portal_eligible=eligible)
