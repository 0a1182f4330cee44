"""The units of lines in the codes that EN 16931 allows: UN/ECE Recommendation 20, and 21 for packages (an X in front).

https://docs.peppol.eu/poacc/billing/3.0/codelist/UNECERec20/
"""

import unicodedata

ONE = "C62"
AGREED = "ZZ"
"""A unit as agreed between both sides: what it is called stands in the item's description."""

_WORDS = {
    ONE: "ea each pc pcs pce piece pieces no nos nr unit units item items qty stk st stck stück x",
    "HUR": "h hr hrs hour hours std stunde stunden",
    "MIN": "min mins minute minutes minuten",
    "DAY": "d day days tag tage",
    "WEE": "week weeks woche wochen",
    "MON": "month months monat monate",
    "ANN": "year years jahr jahre",
    "MLT": "ml millilitre millilitres milliliter",
    "CLT": "cl",
    "LTR": "l lt ltr ltrs lit litre litres liter",
    "MMT": "mm",
    "CMT": "cm",
    "MTR": "m mtr mtrs metre metres meter",
    "KMT": "km",
    "INH": "in inch inches",
    "FOT": "ft foot feet",
    "YRD": "yd yard yards",
    "SMI": "mile miles",
    "CMK": "cm2",
    "MTK": "m2 sqm qm",
    "MTQ": "m3 cbm",
    "MGM": "mg",
    "GRM": "g gr gram grams gramm",
    "KGM": "kg kgs kilo kilogram",
    "TNE": "t tonne tonnes tonnen",
    "LBR": "lb lbs",
    "ONZ": "oz",
    "KWH": "kwh",
    "SET": "set sets satz",
    "PR": "pr pair pairs paar",
    "DZN": "doz dozen dutzend",
    "XBX": "bx box boxes",
    "XCT": "ctn carton cartons karton",
    "XPK": "pk pkt pack packs packet packets packung",
    "XBG": "bag bags sack beutel",
    "XBO": "bottle bottles btl flasche flaschen",
    "XDR": "drum drums",
    "XRO": "roll rolls rolle rollen",
    "XTU": "tube tubes tuben",
    "XPX": "pallet pallets palette paletten",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}


def unit_code(unit: str | None) -> str:
    """The code of a unit as the dealer's system has it; AGREED for one that is not known.

    A gallon is not known: it is another in London than in New York.
    """
    word = unicodedata.normalize("NFKC", unit or "").casefold().replace("^", "").strip().strip(".")
    return _CODES.get(word, AGREED) if word else ONE
