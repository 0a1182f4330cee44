"""The accounts that the product manual shows, with its names and numbers, and made-up addresses."""

from dataclasses import replace

from infra.demo_export.model import Account

_INTERNAL = (
    ("101", "CUST.POLICY ADJUSTM'T"),
    ("102", "SUPPLIES EXPENSE-SALES"),
    ("103", "SALES PROMOTION-SALES"),
    ("104", "PREPARE FOR SHOWS-SAL"),
    ("105", "PREPARE FOR DEMO-SALES"),
    ("106", "APPRAISAL COSTS-USED E"),
    ("121", "REPAIRS/MAINT.EQUIP-SALES"),
    ("199", "USED EQUIPMENT WARRAN"),
    ("201", "CUST.POLICY ADJUSTM'T-P"),
    ("202", "SUPPLIES EXPENSE-PARTS"),
    ("203", "SALES PROMOTION-PARTS"),
    ("221", "REPAIRS/MAINT.EQUIP-PAR"),
    ("291", "WG Incr. NBV"),
    ("100A", "Depot A"),
    ("1101", "STAFF ACCOUNTS-START"),
)
_WHITBY = ("WHITBY", "North Yorkshire", "YO21 6ND")
_YORK = ("YORK", "North Yorkshire", "YO62 5XX")
BARLOW = Account(
    "1200",
    "Mr A L Barlow",
    email="al.barlow@postgate.example",
    phone="01632 960 200",
    contact=("Mr", "A L", "Barlow"),
    address=("Postgate Farm", "Castleton"),
    place=_WHITBY,
    credit_limit=500_000,
    rate="5.00",
    settlement_days=7,
)
_CUSTOMERS = (
    Account(
        "1100",
        "Major C Smythe",
        email="c.smythe@highfarm.example",
        phone="01632 960 100",
        contact=("Major", "C", "Smythe"),
        address=("High Farm", "Danby"),
        place=("WHITBY", "North Yorkshire", "YO21 2XX"),
        credit_limit=400_000,
        activity=0.9,
    ),
    Account(
        "1102",
        "Aberdeen Municipal Golf Club",
        email="greens@municipal-golf.example",
        phone="01632 960 102",
        address=("The Clubhouse",),
        place=("ABERDEEN", "", "AB24 1XX"),
        credit_limit=1_500_000,
        activity=1.0,
        rate="2.50",
        settlement_days=14,
    ),
    Account(
        "1103",
        "Mr A Accumulate",
        email="accumulate@beckside.example",
        phone="01632 960 103",
        contact=("Mr", "A", "Accumulate"),
        address=("Beckside", "Castleton"),
        place=_WHITBY,
        balance_forward=True,
        activity=1.0,
    ),
    BARLOW,
    Account(
        "1201",
        "John Frost Imports",
        email="office@frost.example",
        phone="01632 960 122",
        contact=("Mr", "John", "Frost"),
        address=("Unit 4, Ropery Yard", "Helmsley"),
        place=_YORK,
        status="on_stop",
        credit_limit=4_000_000,
        depot="2",
        fleet=True,
        activity=1.0,
    ),
    Account("1202", "Mr T.Furber", phone="01632 960 123", address=("Low Rigg",), place=_YORK, depot="2", activity=0.6),
    Account(
        "1203",
        "Mr F Brown",
        email="fritz.brown@brownfarm.example",
        contact=("Mr", "F", "Brown"),
        address=("Brown Farm", "Sleights"),
        place=("WHITBY", "North Yorkshire", "YO22 5XX"),
        activity=0.8,
    ),
    Account(
        "1204",
        "Mr J.J Addison",
        email="jj@addison-plant.example",
        contact=("Mr", "J J", "Addison"),
        address=("Keld Head",),
        place=("PICKERING", "North Yorkshire", "YO18 8XX"),
        balance_forward=True,
        activity=0.8,
    ),
    Account(
        "1205",
        "Mr G. Fyfe",
        email="g.fyfe@fyfe.example",
        contact=("Mr", "G", "Fyfe"),
        address=("Toft End",),
        place=("STOKESLEY", "North Yorkshire", "TS9 5XX"),
        activity=0.7,
    ),
)


def manual_accounts() -> list[Account]:
    """The 26 accounts of the manual's pictures."""
    internal = [Account(ref, name, account_type="internal", eligible=False, activity=0) for ref, name in _INTERNAL]
    till = Account("1011", "Cash till customer", account_type="cash", eligible=False, status="cash_only", activity=0)
    old = Account("1051", "Old Account", status="closed", activity=0)
    found = [*internal, till, old, *_CUSTOMERS]
    return [replace(account, index=index) for index, account in enumerate(found)]
