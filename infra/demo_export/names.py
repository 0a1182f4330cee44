"""Names of made-up people, places and parts. Mail domains end in .example, telephones are of the range for fiction."""

TITLES = ("Mr", "Mrs", "Ms", "Miss", "Dr")
INITIALS = "ABCDEFGHJKLMNPRSTW"
SURNAMES = (
    "Ackroyd Alderson Appleby Atkinson Bainbridge Barker Bell Bentham Beresford Binns Blenkinsop "
    "Boothroyd Braithwaite Brearley Broadbent Calvert Capstick Carling Clough Coates Cockerill Coulson "
    "Cowling Dent Dinsdale Dowson Eddison Elsworth Fawcett Featherstone Fothergill Garbutt Gaunt Gill "
    "Greenwood Hague Hardcastle Harker Hebblethwaite Hird Holroyd Hoggarth Iveson Jagger Kearton "
    "Kettlewell Kirkby Lofthouse Lumley Lister Mawson Metcalfe Midgley Mortimer Naylor Nelson Oldroyd "
    "Outhwaite Peacock Pickersgill Pounder Raine Raw Readman Rishworth Robson Rudd Scarth Sedgwick "
    "Shackleton Sidebottom Simmonite Smales Spensley Stonehouse Sunter Sutcliffe Suggett Tattersall "
    "Tempest Thistlethwaite Thwaite Umpleby Varley Verity Wade Wadsworth Waddington Weatherill Whitelock "
    "Wigglesworth Winterburn Yeadon"
).split()
FARMS = (
    "Ash Beck Birk Bramble Brow Church Cold Cow Crag Croft Dale East Fell Field Gate Glebe Grange Green Hag High Hill "
    "Holly Home Ings Keld Lane Leys Low Manor Mill Moor New North Oak Park Pasture Ridge Rigg Rook Rush Scar Slack "
    "South Spring Stone Thorn Toft Under Wath West White Wood Wyke"
).split()
ENDINGS = ("Farm", "House Farm", "Grange", "Hall Farm", "Barn", "Lodge", "Cottage", "End Farm")
BUSINESSES = (
    "Agricultural Services",
    "Contracting",
    "Construction Ltd",
    "Estates",
    "Forestry",
    "Garden Services",
    "Golf Club",
    "Grounds Care",
    "Haulage Ltd",
    "Landscapes",
    "Parish Council",
    "Plant Hire Ltd",
    "Nurseries",
    "Riding School",
    "and Sons",
    "Farms Ltd",
)
PLACES = (
    ("Castleton", "WHITBY", "North Yorkshire", "YO21"),
    ("Danby", "WHITBY", "North Yorkshire", "YO21"),
    ("Sleights", "WHITBY", "North Yorkshire", "YO22"),
    ("Helmsley", "YORK", "North Yorkshire", "YO62"),
    ("Kirkbymoorside", "YORK", "North Yorkshire", "YO62"),
    ("Hutton-le-Hole", "YORK", "North Yorkshire", "YO62"),
    ("Pickering", "PICKERING", "North Yorkshire", "YO18"),
    ("Thornton-le-Dale", "PICKERING", "North Yorkshire", "YO18"),
    ("Stokesley", "MIDDLESBROUGH", "North Yorkshire", "TS9"),
    ("Great Ayton", "MIDDLESBROUGH", "North Yorkshire", "TS9"),
    ("Guisborough", "GUISBOROUGH", "Redcar and Cleveland", "TS14"),
    ("Thirsk", "THIRSK", "North Yorkshire", "YO7"),
    ("Sowerby", "THIRSK", "North Yorkshire", "YO7"),
    ("Masham", "RIPON", "North Yorkshire", "HG4"),
    ("Leyburn", "LEYBURN", "North Yorkshire", "DL8"),
    ("Hawes", "HAWES", "North Yorkshire", "DL8"),
    ("Reeth", "RICHMOND", "North Yorkshire", "DL11"),
    ("Barnard Castle", "BARNARD CASTLE", "County Durham", "DL12"),
    ("Kirkby Stephen", "KIRKBY STEPHEN", "Cumbria", "CA17"),
    ("Skipton", "SKIPTON", "North Yorkshire", "BD23"),
)
DEPOTS = (("1", "Castleton"), ("2", "Helmsley"))
REPS = ("DG", "JH", "MA", "SW")
SALES = (
    ("General Parts Sale", 62),
    ("Workshop Invoice, 500 hour service", 8),
    ("Workshop Invoice, hydraulic repair", 7),
    ("Workshop Invoice, brake overhaul", 5),
    ("Workshop Invoice, annual inspection", 6),
    ("Garden Machinery Sale", 7),
    ("Field Service Call Out", 5),
)
MACHINES = (
    "Tractor 6155R, YX71 KTE",
    "Tractor 6115M, YJ19 HVD",
    "Combine T560, YK18 BZP",
    "Baler V461M, serial 1CF461MXTK0",
    "Mower X950R, serial 1M0X950RC",
    "Gator XUV865M, YN22 UFA",
)
"""As a workshop names them: model, and number plate or serial number."""
WHOLEGOODS = (
    "Wholegoods Invoice, tractor",
    "Wholegoods Invoice, baler",
    "Wholegoods Invoice, loader",
    "Wholegoods Invoice, mower",
)
RETURNS = (
    "Parts returned, 2 oil filters",
    "Parts returned, wrong hose",
    "Core exchange, starter motor",
    "Price correction",
)
PARTS = (
    ("JD-01167489-A", "TENSIONER"),
    ("JD-01998745", "SPRING"),
    ("JD-02114406", "OIL FILTER"),
    ("JD-02114407", "FUEL FILTER"),
    ("JD-03350118", "V-BELT"),
    ("JD-04410027-B", "HYDRAULIC HOSE 3/4"),
    ("JD-05520901", "SEAL KIT"),
    ("JD-06104480", "KNIFE SECTION"),
    ("JD-06104481", "KNIFE BOLT AND NUT"),
    ("JD-07719920", "BEARING"),
    ("JD-08801152", "SHEAR BOLT"),
    ("JD-09000341", "WIPER BLADE"),
    ("OIL-15W40-20", "ENGINE OIL 15W-40 20 L"),
    ("GRS-EP2-400", "GREASE CARTRIDGE EP2"),
    ("FLD-UTTO-20", "TRANSMISSION FLUID 20 L"),
    ("LMP-H7", "BULB H7"),
)
NOTICE = (
    "Parts department now open 07:30 to 18:30. Please refer to our standard terms and conditions for returns policy."
)


def machine(description: str, number: int) -> str:
    """What was worked on; nothing for sales over the counter."""
    return MACHINES[number % len(MACHINES)] if description.startswith(("Workshop", "Field Service")) else ""
