"""A master account that answers for two others: log in as a customer of it to see a group."""

from dataclasses import replace

from infra.demo_export.model import Account

GROUP_MASTER, FIRST_OF_GROUP = "1400", "1401"
_ESTATE = Account(
    GROUP_MASTER,
    "Thwaite Estates",
    email="accounts@thwaite-estates.example",
    phone="01632 960 140",
    contact=("Mrs", "E", "Thwaite"),
    address=("Estate Office, Rigg Hall", "Hutton-le-Hole"),
    place=("YORK", "North Yorkshire", "YO62 6TH"),
    credit_limit=2_000_000,
    activity=1.0,
)
_OTHERS = (
    replace(
        _ESTATE,
        ref=FIRST_OF_GROUP,
        name="Thwaite Estates, Home Farm",
        email="homefarm@thwaite-estates.example",
        phone="01632 960 141",
        contact=("Mr", "N", "Suggett"),
        address=("Home Farm, Rigg Hall", "Hutton-le-Hole"),
        credit_limit=500_000,
        master=GROUP_MASTER,
    ),
    replace(
        _ESTATE,
        ref="1402",
        name="Thwaite Estates, Forestry",
        email="forestry@thwaite-estates.example",
        phone="01632 960 142",
        contact=("Ms", "K", "Dinsdale"),
        address=("The Sawmill", "Pickering"),
        place=("PICKERING", "North Yorkshire", "YO18 6TH"),
        credit_limit=None,
        master=GROUP_MASTER,
        depot="2",
        activity=0.9,
    ),
)


def group_accounts(*, first_index: int) -> list[Account]:
    """The master and its two accounts."""
    return [replace(account, index=first_index + at) for at, account in enumerate((_ESTATE, *_OTHERS))]
