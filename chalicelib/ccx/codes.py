"""Every code an import can report, with its words: what is wrong, and what to write instead. The manual quotes them."""

from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """`B` refuses an export, `E1` a row, `E2` a row because of another, `W3` warns and keeps it, `G4`: the gate."""

    B001_NOT_A_ZIP = "B001_NOT_A_ZIP"
    B002_TOO_BIG = "B002_TOO_BIG"
    B003_TOO_MANY_FILES = "B003_TOO_MANY_FILES"
    B004_RATIO = "B004_RATIO"
    B005_UNSAFE_NAME = "B005_UNSAFE_NAME"
    B006_LINK = "B006_LINK"
    B007_ENCRYPTED = "B007_ENCRYPTED"
    B008_NAME_CLASH = "B008_NAME_CLASH"
    B009_FOLDER = "B009_FOLDER"
    B010_BUNDLE_NAME = "B010_BUNDLE_NAME"
    B011_NO_MANIFEST = "B011_NO_MANIFEST"
    B012_BAD_MANIFEST = "B012_BAD_MANIFEST"
    B013_VERSION = "B013_VERSION"
    B014_MISSING_FILE = "B014_MISSING_FILE"
    B015_EXTRA_FILE = "B015_EXTRA_FILE"
    B016_ROWS = "B016_ROWS"
    B017_BYTES = "B017_BYTES"
    B018_CHECKSUM = "B018_CHECKSUM"
    B019_NOT_UTF8 = "B019_NOT_UTF8"
    B020_MISSING_COLUMN = "B020_MISSING_COLUMN"
    B021_REPEATED_COLUMN = "B021_REPEATED_COLUMN"
    B022_OPEN_QUOTE = "B022_OPEN_QUOTE"
    B023_LINE_TOO_LONG = "B023_LINE_TOO_LONG"
    B024_DEALER = "B024_DEALER"
    B025_SEQUENCE = "B025_SEQUENCE"
    B026_SAME_ID = "B026_SAME_ID"
    B027_DELTA = "B027_DELTA"
    B028_DOCUMENTS = "B028_DOCUMENTS"
    B029_COMPRESSION = "B029_COMPRESSION"
    B030_HEADER = "B030_HEADER"
    B031_TOO_MANY_ROWS = "B031_TOO_MANY_ROWS"

    E101_MISSING = "E101_MISSING"
    E102_TOO_LONG = "E102_TOO_LONG"
    E103_BAD_VALUE = "E103_BAD_VALUE"
    E104_BAD_DATE = "E104_BAD_DATE"
    E105_BAD_AMOUNT = "E105_BAD_AMOUNT"
    E106_DECIMALS = "E106_DECIMALS"
    E107_BAD_CURRENCY = "E107_BAD_CURRENCY"
    E108_BAD_BOOLEAN = "E108_BAD_BOOLEAN"
    E109_BAD_NUMBER = "E109_BAD_NUMBER"
    E110_SIGN = "E110_SIGN"
    E111_FUTURE_DATE = "E111_FUTURE_DATE"
    E112_OUTSTANDING = "E112_OUTSTANDING"
    E113_DISCOUNT_DATE = "E113_DISCOUNT_DATE"
    E114_SETTLEMENT = "E114_SETTLEMENT"
    E115_CONTROL_CHARACTER = "E115_CONTROL_CHARACTER"
    E116_CURRENCY = "E116_CURRENCY"
    E117_DUPLICATE = "E117_DUPLICATE"
    E118_CELLS = "E118_CELLS"
    E119_BAD_FORM = "E119_BAD_FORM"
    E120_QUOTES = "E120_QUOTES"
    E121_RESERVED = "E121_RESERVED"

    E201_PARENT_REJECTED = "E201_PARENT_REJECTED"
    E202_UNKNOWN_ACCOUNT = "E202_UNKNOWN_ACCOUNT"
    E203_UNKNOWN_TRANSACTION = "E203_UNKNOWN_TRANSACTION"
    E204_MASTER_LOOP = "E204_MASTER_LOOP"
    E205_MASTER_DEPTH = "E205_MASTER_DEPTH"
    E206_MASTER_CURRENCY = "E206_MASTER_CURRENCY"
    E207_NO_FILE = "E207_NO_FILE"
    E208_FILE_SIZE = "E208_FILE_SIZE"
    E209_FILE_CONTENT = "E209_FILE_CONTENT"
    E210_TWO_ACCOUNTS = "E210_TWO_ACCOUNTS"
    E211_FILE_TOO_BIG = "E211_FILE_TOO_BIG"

    W301_DOCUMENT_NOT_YET = "W301_DOCUMENT_NOT_YET"
    W302_DUE_DATE = "W302_DUE_DATE"
    W303_LINE_VAT = "W303_LINE_VAT"
    W304_NET_AND_VAT = "W304_NET_AND_VAT"
    W305_SETTLEMENT = "W305_SETTLEMENT"
    W306_BAD_EMAIL = "W306_BAD_EMAIL"
    W307_ZERO = "W307_ZERO"
    W308_AGE_LABEL = "W308_AGE_LABEL"
    W309_UNKNOWN_COLUMN = "W309_UNKNOWN_COLUMN"
    W310_SPACES = "W310_SPACES"
    W311_AGED_AMOUNTS = "W311_AGED_AMOUNTS"
    W312_OUT_OF_BALANCE = "W312_OUT_OF_BALANCE"
    W313_REPEATED_ROW = "W313_REPEATED_ROW"
    W314_UNKNOWN_MASTER = "W314_UNKNOWN_MASTER"
    W315_UNKNOWN_TRANSACTION = "W315_UNKNOWN_TRANSACTION"
    W316_UNUSED_FILE = "W316_UNUSED_FILE"

    G401_ERRORS = "G401_ERRORS"
    G402_ACCOUNTS = "G402_ACCOUNTS"
    G403_OPEN_ITEMS = "G403_OPEN_ITEMS"
    G404_FEWER_ROWS = "G404_FEWER_ROWS"
    G405_TOTAL_MOVED = "G405_TOTAL_MOVED"
    G406_CONTROL_TOTAL = "G406_CONTROL_TOTAL"


class Text(NamedTuple):
    """`reason` says what is wrong, `remedy` what to write instead. Both are format strings over the same names."""

    reason: str
    remedy: str


TEXTS: dict[Code, Text] = {
    Code.B001_NOT_A_ZIP: Text("This is not a whole zip file", "Make the export again and upload it once more"),
    Code.B002_TOO_BIG: Text("The zip file is larger than {limit}", "Send fewer documents in one export"),
    Code.B003_TOO_MANY_FILES: Text("The zip file holds more than {limit} files", "Send fewer documents in one export"),
    Code.B004_RATIO: Text(
        "{name} unpacks to more than {limit} times its packed size", "Send an export that holds only your data"
    ),
    Code.B005_UNSAFE_NAME: Text(
        "The zip file holds the path {name}", "Use plain file names, without a drive, a leading / or .. in them"
    ),
    Code.B006_LINK: Text("{name} is a link, not a file", "Put the file itself into the zip"),
    Code.B007_ENCRYPTED: Text("{name} is encrypted", "Make the zip file without a password"),
    Code.B008_NAME_CLASH: Text(
        "The zip file holds {name} twice", "Give each file a name that differs in more than case"
    ),
    Code.B009_FOLDER: Text(
        "{name} is in a folder", "Put CSV files in the root of the zip and PDF files in documents/, and nothing deeper"
    ),
    Code.B010_BUNDLE_NAME: Text(
        "The file name {name} does not fit its manifest", "Name it ccx_<dealer code>_<yyyymmddThhmmssZ>_<8 digits>.zip"
    ),
    Code.B011_NO_MANIFEST: Text("The zip file holds no manifest.json", "Put manifest.json in the root of the zip"),
    Code.B012_BAD_MANIFEST: Text(
        "manifest.json cannot be used: {where}: {problem}", "Correct it as section Manifest says"
    ),
    Code.B013_VERSION: Text("This export is of version {version}", "Send version 1.0"),
    Code.B014_MISSING_FILE: Text(
        "manifest.json lists {name}, which is not in the zip", "Add the file or take it off the list"
    ),
    Code.B015_EXTRA_FILE: Text("{name} is in the zip but not in manifest.json", "List the file or leave it out"),
    Code.B016_ROWS: Text("{name} has {counted} rows, manifest.json says {declared}", "Make the export again"),
    Code.B017_BYTES: Text("{name} has {counted} bytes, manifest.json says {declared}", "Make the export again"),
    Code.B018_CHECKSUM: Text("{name} does not match its checksum", "Make the export again"),
    Code.B019_NOT_UTF8: Text("{name} is not UTF-8 text, near line {line}", "Write the file in UTF-8"),
    Code.B020_MISSING_COLUMN: Text("{name} lacks the column {column}", "Add it to the first line, spelt exactly so"),
    Code.B021_REPEATED_COLUMN: Text("{name} has the column {column} twice", "Keep one of the two"),
    Code.B022_OPEN_QUOTE: Text(
        "{name} opens a quote on line {line} that is never closed", 'Close it, and write a quote inside text as ""'
    ),
    Code.B023_LINE_TOO_LONG: Text(
        "{name} has a line of more than {limit} after line {line}", "Break lines with CRLF or LF"
    ),
    Code.B024_DEALER: Text("This export is for the dealer code {found}, yours is {expected}", "Send your own export"),
    Code.B025_SEQUENCE: Text(
        "This export has the number {found}, the last one applied had {last}",
        "Number each export higher than the one before",
    ),
    Code.B026_SAME_ID: Text(
        "An export with this id but other content has come before", "Give each export an export_id of its own"
    ),
    Code.B027_DELTA: Text("{name} holds only changes", "Send the whole file, with the mode full"),
    Code.B028_DOCUMENTS: Text(
        "The zip holds {counted} of documents, manifest.json says {declared}", "Make the export again"
    ),
    Code.B029_COMPRESSION: Text("{name} is packed in a way we cannot read", "Pack it with deflate, the usual way"),
    Code.B030_HEADER: Text("The first line of {name} is longer than {limit}", "Send only the columns of the format"),
    Code.B031_TOO_MANY_ROWS: Text("{name} has more than {limit} rows", "Send only those that are in use"),
    Code.E101_MISSING: Text("This cell is empty", "Write {what}"),
    Code.E102_TOO_LONG: Text("This is {length} characters long", "Write {limit} or fewer"),
    Code.E103_BAD_VALUE: Text("This is not one of the values we know", "Write {what}"),
    Code.E104_BAD_DATE: Text("There is no such date", "Write {what}"),
    Code.E105_BAD_AMOUNT: Text(
        "This is not an amount", "Write digits with a point, no signs for thousands or money: {what}"
    ),
    Code.E106_DECIMALS: Text("{currency} has {digits} decimals, this has more", "Write {what}"),
    Code.E107_BAD_CURRENCY: Text("This is not a currency code", "Write three capitals, such as GBP"),
    Code.E108_BAD_BOOLEAN: Text("This is neither true nor false", "Write true or false"),
    Code.E109_BAD_NUMBER: Text("This is not a number we can take", "Write {what}"),
    Code.E110_SIGN: Text("{a_type} must be {sign}", "Write {what}"),
    Code.E111_FUTURE_DATE: Text("This is more than a year after the export, {as_at}", "Write the date on the document"),
    Code.E112_OUTSTANDING: Text(
        "More is outstanding than the total, {total}", "Write an amount between 0 and the total, with its sign"
    ),
    Code.E113_DISCOUNT_DATE: Text(
        "This is before the transaction, {date}", "Write the last day for the discount, or nothing"
    ),
    Code.E114_SETTLEMENT: Text("The settlement is more than the total, {total}", "Write the total less the discount"),
    Code.E115_CONTROL_CHARACTER: Text(
        "This holds a character that cannot be shown, {character}",
        "Write plain text; only a quoted cell may hold line ends",
    ),
    Code.E116_CURRENCY: Text("This account is in {currency}", "Write {currency}, or use an account for each currency"),
    Code.E117_DUPLICATE: Text("{count} rows have this key and differ: none is used", "Send one row for each key"),
    Code.E118_CELLS: Text("This row has {found} cells, the first line has {expected}", "Write a cell for each column"),
    Code.E119_BAD_FORM: Text("This does not have the right form", "Write {what}"),
    Code.E120_QUOTES: Text(
        "The quotes in this row do not match", 'Put quotes around the whole cell, and "" for one inside'
    ),
    Code.E121_RESERVED: Text(
        "Numbers of this form are the portal's own, for customers added there", "Give the account another number"
    ),
    Code.E201_PARENT_REJECTED: Text("Its {parent} was rejected", "Correct that row; this one then comes in with it"),
    Code.E202_UNKNOWN_ACCOUNT: Text(
        "This account is not in customers.csv", "Send its customer too, or correct the number"
    ),
    Code.E203_UNKNOWN_TRANSACTION: Text(
        "This transaction is not in transactions.csv", "Send it too, with the same type and transaction_id"
    ),
    Code.E204_MASTER_LOOP: Text("The master accounts form a loop", "Leave master_account_ref empty on the master"),
    Code.E205_MASTER_DEPTH: Text("Its master {master} has a master too", "Name the top account as master of both"),
    Code.E206_MASTER_CURRENCY: Text("Its master {master} is in {currency}", "Group accounts of one currency only"),
    Code.E207_NO_FILE: Text("Its file is not in the zip", "Add {what}"),
    Code.E208_FILE_SIZE: Text("Its file has {found} bytes", "Write the size of the file, or make the export again"),
    Code.E209_FILE_CONTENT: Text("Its file is not what this row says: {problem}", "Make the document again"),
    Code.E210_TWO_ACCOUNTS: Text("Two accounts claim this document", "Give each document an id of its own"),
    Code.E211_FILE_TOO_BIG: Text("Its file is larger than {limit}", "Make it smaller, or split it"),
    Code.W301_DOCUMENT_NOT_YET: Text("This document has not come yet", "Send it with this or a later export"),
    Code.W302_DUE_DATE: Text("This is before the transaction, {date}", "Write the day by which it is to be paid"),
    Code.W303_LINE_VAT: Text("{rate}% of {net} is {expected}", "Check the VAT of this line"),
    Code.W304_NET_AND_VAT: Text("Net and VAT make {sum}, the total is {total}", "Check the three amounts"),
    Code.W305_SETTLEMENT: Text("{rate}% off {total} leaves {expected}", "Check the settlement; we show yours"),
    Code.W306_BAD_EMAIL: Text(
        "Mail cannot be sent to this address", "Write one like name@example.com, or nothing; we leave it out"
    ),
    Code.W307_ZERO: Text("The amount of this transaction is zero", "Leave it out if it is not meant"),
    Code.W308_AGE_LABEL: Text("By its date the age is {expected}", "Check the ageing setting; we show ours"),
    Code.W309_UNKNOWN_COLUMN: Text("We do not know this column", "Nothing to do: its cells are not used"),
    Code.W310_SPACES: Text("This began or ended with spaces", "Nothing to do: we took them off"),
    Code.W311_AGED_AMOUNTS: Text(
        "The aged amounts make {sum}, the balance is {balance}", "Send all six so that they sum to the balance, or none"
    ),
    Code.W312_OUT_OF_BALANCE: Text(
        "Its transactions have {sum} outstanding, the balance is {balance}",
        "Send every open transaction of this account",
    ),
    Code.W313_REPEATED_ROW: Text("This row is there {count} times, all alike: one is used", "Send it once"),
    Code.W314_UNKNOWN_MASTER: Text(
        "This master is not in customers.csv", "Send it too; until then the account stands alone"
    ),
    Code.W315_UNKNOWN_TRANSACTION: Text(
        "This transaction is not in transactions.csv", "Nothing to do if it is an old one: the document is kept"
    ),
    Code.W316_UNUSED_FILE: Text("We do not read this file yet", "Nothing to do: it is not used"),
    Code.G401_ERRORS: Text("{rejected} of {rows} rows in {file} have errors, {percent}", "The limit is {limit}"),
    Code.G402_ACCOUNTS: Text("It would remove {removed} of {before} accounts, {percent}", "The limit is {limit}"),
    Code.G403_OPEN_ITEMS: Text(
        "It would remove {removed} of {before} open transactions, {percent}", "The limit is {limit}"
    ),
    Code.G404_FEWER_ROWS: Text("{file} has {after} rows, before it had {before}", "The limit is a fall of {limit}"),
    Code.G405_TOTAL_MOVED: Text("The total outstanding moves from {before} to {after}", "The limit is {limit}"),
    Code.G406_CONTROL_TOTAL: Text(
        "{column} in {file} comes to {counted}, your dealer system says {declared}", "They must agree"
    ),
}


def message(code: Code, **params: object) -> str:
    """The two sentences of a code: `There is no such date. Write 2026-09-30`."""
    text = TEXTS[code]
    return f"{text.reason.format(**params)}. {text.remedy.format(**params)}"
