"""Exports of a made-up dealer, night after night: every account has as many rows, a few of them open."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.bundles import build_bundle, customer, export_id, transaction, with_balances
from tests.ingest.pipeline import ImportPipeline

Changed = Callable[[str, int], bool]
"""Whether row `n` of account `ref` differs from the first night's."""


def nothing(_ref: str, _n: int) -> bool:
    """No row has changed."""
    return False


@dataclass(frozen=True, slots=True)
class Ledgers:
    """`accounts` accounts of `rows` rows each, the first `open_rows` of them open."""

    accounts: int
    rows: int
    open_rows: int = 5

    def export(self, line: ImportPipeline, sequence: int, changed: Changed = nothing) -> bytes:
        """Export `sequence`, with another description in each row that has `changed`."""
        refs = [str(1000 + n) for n in range(self.accounts)]
        rows = [self._row(ref, n, changed=changed(ref, n)) for ref in refs for n in range(self.rows)]
        return build_bundle(
            with_balances([customer(ref) for ref in refs], rows),
            rows,
            dealer_code=line.code,
            sequence=sequence,
            export_id=export_id(sequence, line.code),
        )

    def _row(self, ref: str, n: int, *, changed: bool) -> dict[str, str]:
        settled = {"outstanding_amount": "0.00", "settled_date": "2024-05-20"} if n >= self.open_rows else {}
        return transaction(
            ref,
            f"{ref}-{n}",
            f"{(int(ref) * 31 + n * 7919) % 90_000 + 100}.{n % 100:02d}",
            transaction_date=f"202{n % 3 + 1}-0{n % 9 + 1}-1{n % 10}",
            due_date=f"202{n % 3 + 1}-12-20",
            description=f"Workshop Invoice, machine {int(ref) * n % 100_003}" + (", corrected" if changed else ""),
            order_no=f"PO{int(ref) * 7 + n}",
            **settled,
        )
