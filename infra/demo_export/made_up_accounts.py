"""Made-up accounts in the proportions of a farm machinery dealer: who they are, not what they owe."""

import random
from collections.abc import Iterator

from infra.demo_export import names
from infra.demo_export.model import Account

NEVER_ELIGIBLE = 0.12
BALANCE_FORWARD = 0.10
FLEETS = 0.01
IN_GROUPS = 0.03
WITH_EMAIL = 0.86
WITH_SETTLEMENT = 0.10
_BUSINESS = 0.38


def made_up(*, seed: int, first_ref: int, count: int, first_index: int = 0) -> Iterator[Account]:
    """`count` accounts numbered from `first_ref`, each the same whatever comes before or after it."""
    master, left = "", 0
    for offset in range(count):
        ref = str(first_ref + offset)
        rng = random.Random(f"{seed}/{ref}")
        if left:
            left -= 1
        elif rng.random() < IN_GROUPS / 8 and count > 1_000:  # noqa: PLR2004 - a small dealer has no groups
            master, left = ref, min(rng.randint(1, 15) + rng.randint(0, 14), count - offset - 1)
        yield _account(rng, ref, first_index + offset, master if left and ref != master else "")


def _account(rng: random.Random, ref: str, index: int, master: str) -> Account:
    surname, title, initial = rng.choice(names.SURNAMES), rng.choice(names.TITLES), rng.choice(names.INITIALS)
    farm = f"{rng.choice(names.FARMS)} {rng.choice(names.ENDINGS)}"
    village, town, county, outward = rng.choice(names.PLACES)
    business = rng.random() < _BUSINESS
    name = f"{surname} {rng.choice(names.BUSINESSES)}" if business else f"{title} {initial} {surname}"
    host = f"{surname}-{farm.split(maxsplit=1)[0]}".lower()
    eligible = rng.random() >= NEVER_ELIGIBLE
    settles = rng.random() < WITH_SETTLEMENT
    fleet = rng.random() < FLEETS
    return Account(
        ref=ref,
        name=name,
        index=index,
        account_type=("trade" if business else "retail") if eligible else rng.choice(("internal", "cash", "trade")),
        eligible=eligible,
        status=rng.choices(("open", "on_stop", "closed", "cash_only"), (94, 3, 2, 1))[0],
        balance_forward=not settles and not fleet and rng.random() < BALANCE_FORWARD / 0.9,
        email=f"{initial}.{surname}@{host}.example".lower() if eligible and rng.random() < WITH_EMAIL else "",
        phone=f"01632 960 {index % 1000:03d}",
        contact=(title, initial, surname),
        address=(farm, village),
        place=(town, county, f"{outward} {rng.randint(1, 9)}{rng.choice('ABDEHJLN')}{rng.choice('PQRSTUWX')}"),
        credit_limit=rng.choice((None, 50_000, 200_000, 500_000, 2_000_000)),
        rate=rng.choice(("5.00", "2.50")) if settles else "",
        settlement_days=rng.choice((7, 14)) if settles else 0,
        master=master,
        depot=rng.choice(names.DEPOTS)[0],
        rep=rng.choice(names.REPS),
        activity=1.0 if fleet else rng.choice((0.05, 0.1, 0.2, 0.3, 0.6)),
        fleet=fleet,
    )
