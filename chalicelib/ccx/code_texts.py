"""The words of every code: what is wrong, and what to do about it. docs/export-format.md quotes them."""

from typing import NamedTuple

from chalicelib.ccx.codes import Code
from chalicelib.kernel.i18n import LazyText
from chalicelib.kernel.i18n import lazy_gettext as _


class Text(NamedTuple):
    """`reason` says what is wrong, `remedy` what to do about it. Both are sentences without their full stop."""

    reason: LazyText
    remedy: LazyText


TEXTS: dict[Code, Text] = {
    Code.B001_NOT_A_ZIP: Text(
        _("This zip file is incomplete or damaged"), _("Make the export again and upload it once more")
    ),
    Code.B002_TOO_BIG: Text(_("The zip file is larger than %(limit)s"), _("Send fewer documents in one export")),
    Code.B003_TOO_MANY_FILES: Text(
        _("The zip file holds more than %(limit)s files"), _("Send fewer documents in one export")
    ),
    Code.B004_RATIO: Text(
        _("%(name)s unpacks to more than %(limit)s times its packed size"),
        _("Send an export that holds only your data"),
    ),
    Code.B005_UNSAFE_NAME: Text(
        _("The zip file holds the path %(name)s"),
        _("Use plain file names: no drive, no / in front, no .. and no control characters"),
    ),
    Code.B006_LINK: Text(_("%(name)s is a link, not a file"), _("Put the file itself into the zip")),
    Code.B007_ENCRYPTED: Text(_("%(name)s is encrypted"), _("Make the zip file without a password")),
    Code.B008_NAME_CLASH: Text(
        _("The zip file holds %(name)s twice"), _("Give each file a name that differs in more than case")
    ),
    Code.B009_FOLDER: Text(
        _("%(name)s is in a folder"),
        _("Put CSV files in the root of the zip and PDF files in documents/, and nothing deeper"),
    ),
    Code.B010_BUNDLE_NAME: Text(
        _("The file name %(name)s does not fit its manifest"),
        _("Name it ccx_<dealer code>_<yyyymmddThhmmssZ>_<8 digits>.zip"),
    ),
    Code.B011_NO_MANIFEST: Text(
        _("The zip file holds no manifest.json"), _("Put manifest.json in the root of the zip")
    ),
    Code.B012_BAD_MANIFEST: Text(
        _("manifest.json cannot be used: %(key)s %(problem)s"),
        _("Use %(what)s, as docs/export-format.md says under The manifest"),
    ),
    Code.B013_VERSION: Text(_("This export is of version %(version)s"), _("Send version 1.0")),
    Code.B014_MISSING_FILE: Text(
        _("manifest.json lists %(name)s, which is not in the zip"), _("Add the file or take it off the list")
    ),
    Code.B015_EXTRA_FILE: Text(
        _("%(name)s is in the zip but not in manifest.json"), _("List the file or leave it out")
    ),
    Code.B016_ROWS: Text(
        _("%(name)s has %(counted)s rows, manifest.json says %(declared)s"), _("Make the export again")
    ),
    Code.B017_BYTES: Text(
        _("%(name)s has %(counted)s bytes, manifest.json says %(declared)s"), _("Make the export again")
    ),
    Code.B018_CHECKSUM: Text(_("%(name)s does not match its checksum"), _("Make the export again")),
    Code.B019_NOT_UTF8: Text(_("%(name)s is not UTF-8 text, near line %(line)s"), _("Save the file as UTF-8")),
    Code.B020_MISSING_COLUMN: Text(
        _("%(name)s lacks the column %(column)s. Its first line begins with %(line)s"),
        _("Name the columns in the first line, spelt exactly so, with commas between them"),
    ),
    Code.B021_REPEATED_COLUMN: Text(_("%(name)s has the column %(column)s twice"), _("Keep one of the two")),
    Code.B022_OPEN_QUOTE: Text(
        _("%(name)s opens a quote on line %(line)s that is never closed"),
        _('Close it, and write a quote inside text as ""'),
    ),
    Code.B023_LINE_TOO_LONG: Text(
        _("%(name)s has a line of more than %(limit)s after line %(line)s"), _("Break lines with CRLF or LF")
    ),
    Code.B024_DEALER: Text(
        _("This export is for the dealer code %(found)s, yours is %(expected)s"), _("Send your own export")
    ),
    Code.B025_SEQUENCE: Text(
        _("This export has the number %(found)s, the last one applied had %(last)s"),
        _("Number each export higher than the one before"),
    ),
    Code.B026_SAME_ID: Text(
        _("A different export already used this export_id"), _("Give each export an export_id of its own")
    ),
    Code.B027_DELTA: Text(_("%(name)s holds only changes"), _("Send the whole file, with the mode full")),
    Code.B028_DOCUMENTS: Text(
        _(
            "documents/ holds %(count)s files with %(bytes)s bytes, "
            "manifest.json says %(declared_count)s with %(declared_bytes)s"
        ),
        _("Make the export again"),
    ),
    Code.B029_COMPRESSION: Text(
        _("%(name)s is packed in a way we cannot read"), _("Pack it with deflate, the usual way")
    ),
    Code.B030_HEADER: Text(
        _("The first line of %(name)s is longer than %(limit)s"), _("Send only the columns of the format")
    ),
    Code.B031_TOO_MANY_ROWS: Text(_("%(name)s has more than %(limit)s rows"), _("Send only those that are in use")),
    Code.B032_LINE_ENDS: Text(_("The lines of %(name)s end in CR alone"), _("End them in CRLF or LF")),
    Code.B033_SEPARATOR: Text(
        _("The columns of %(name)s are separated by %(separator)s. Its first line begins with %(line)s"),
        _("Put commas between the columns, in every line. A spreadsheet calls this CSV, comma delimited"),
    ),
    Code.E101_MISSING: Text(_("This cell is empty"), _("Enter %(what)s")),
    Code.E102_TOO_LONG: Text(_("This is %(length)s characters long"), _("Use %(limit)s or fewer")),
    Code.E103_BAD_VALUE: Text(_("This is not one of the values we know"), _("Enter %(what)s")),
    Code.E104_BAD_DATE: Text(
        _("There is no such date in the form %(form)s"), _("Use this form, for example %(example)s")
    ),
    Code.E105_BAD_AMOUNT: Text(
        _("This is not an amount"),
        _("Use digits with a point, no signs for thousands or money, for example %(example)s"),
    ),
    Code.E106_DECIMALS: Text(
        _("%(currency)s has %(digits)s decimals, this has more"), _("Use no more than these, for example %(example)s")
    ),
    Code.E107_BAD_CURRENCY: Text(_("This is not a currency code"), _("Use three capitals, such as GBP")),
    Code.E108_BAD_BOOLEAN: Text(_("This is neither true nor false"), _("Use true or false, in small letters")),
    Code.E109_BAD_NUMBER: Text(_("This is not a number we can take"), _("Enter %(what)s")),
    Code.E110_SIGN: Text(
        _("The total of the type %(type)s must be %(sign)s"),
        _("If %(amount)s is right, send it as the type %(other)s. If not, correct it"),
    ),
    Code.E111_FUTURE_DATE: Text(
        _("This is more than a year after the export, %(as_at)s"), _("Enter the date on the document")
    ),
    Code.E112_OUTSTANDING: Text(
        _("More is outstanding than the total, %(total)s"), _("Enter an amount between 0 and the total, with its sign")
    ),
    Code.E113_DISCOUNT_DATE: Text(
        _("This is before the transaction, %(date)s"), _("Enter the last day for the discount, or nothing")
    ),
    Code.E114_SETTLEMENT: Text(
        _("The settlement is more than the total, %(total)s"), _("Enter the total less the discount")
    ),
    Code.E115_CONTROL_CHARACTER: Text(
        _("This holds a character that cannot be used here, %(character)s"), _("Leave it out")
    ),
    Code.E116_CURRENCY: Text(
        _("This account is in %(currency)s"), _("Use %(currency)s, or an account for each currency")
    ),
    Code.E117_DUPLICATE: Text(
        _("%(count)s rows have this key and differ: none is used"), _("Send one row for each key")
    ),
    Code.E118_CELLS: Text(
        _("This row has %(found)s cells, the first line has %(expected)s"), _("Give it a cell for each column")
    ),
    Code.E119_BAD_FORM: Text(_("This does not have the right form"), _("Enter %(what)s")),
    Code.E120_QUOTES: Text(
        _("The quotes in this row do not match"), _('Put quotes around the whole cell, and "" for one inside')
    ),
    Code.E121_OVERPAID: Text(
        _("What is outstanding, %(amount)s, has the opposite sign to the total"),
        _("Enter %(zero)s here, and send the overpayment as a %(other)s of which %(rest)s is outstanding"),
    ),
    Code.E122_RESERVED: Text(
        _("Numbers of this form are the portal's own, for customers added there"), _("Give the account another number")
    ),
    Code.E123_NOT_ABOVE_ZERO: Text(
        _("The amount of an allocation is above zero"),
        _("Enter what was used of the payment or credit, without a sign"),
    ),
    Code.E124_ALLOCATED_FROM: Text(
        _("This is of the type %(type)s with a total above zero, which pays nothing"),
        _("Enter the payment, credit note or discount here, and what it paid in to_transaction_id"),
    ),
    Code.E125_ALLOCATED_TO: Text(
        _("This is of the type %(type)s with a total below zero, of which nothing can be paid"),
        _("Enter what was paid here, and the payment or credit in from_transaction_id"),
    ),
    Code.E126_ALLOCATED_SEVERAL: Text(
        _("Several transactions of this account have this id"), _("Enter the type too: %(types)s")
    ),
    Code.E127_PERIOD: Text(
        _("The statement ends before it begins, on %(first)s"), _("Enter the last day of the statement")
    ),
    Code.E201_PARENT_REJECTED: Text(
        _("Its row in %(parent)s was rejected"), _("Correct that row. This one then comes in with it")
    ),
    Code.E202_UNKNOWN_ACCOUNT: Text(
        _("The account %(account)s is not in customers.csv"),
        _("Send its customer too, or correct the number: it must be the same character for character"),
    ),
    Code.E203_UNKNOWN_TRANSACTION: Text(
        _("This transaction is not in transactions.csv"), _("Send it too, with the same type and transaction_id")
    ),
    Code.E204_MASTER_LOOP: Text(
        _("The master accounts form a loop"), _("Leave master_account_ref empty on the master")
    ),
    Code.E205_MASTER_DEPTH: Text(
        _("Its master %(master)s has a master too"), _("Name the top account as master of both")
    ),
    Code.E206_MASTER_CURRENCY: Text(
        _("Its master %(master)s is in %(currency)s"), _("Group accounts of one currency only")
    ),
    Code.E207_NO_FILE: Text(_("Its file is not in the zip"), _("Add %(what)s")),
    Code.E208_FILE_SIZE: Text(
        _("Its file has %(found)s bytes"), _("Enter the size of the file, or make the export again")
    ),
    Code.E209_FILE_CONTENT: Text(_("Its file %(name)s cannot be used: %(problem)s"), _("Make the document again")),
    Code.E210_TWO_ACCOUNTS: Text(_("Two accounts claim this document"), _("Give each document an id of its own")),
    Code.E211_FILE_TOO_BIG: Text(_("Its file is larger than %(limit)s"), _("Make it smaller, or split it")),
    Code.E212_CURRENCY_CHANGED: Text(
        _("What we have of this account is in %(currency)s"),
        _("Keep %(currency)s, and give the account in the other currency a number of its own"),
    ),
    Code.W301_DOCUMENT_NOT_YET: Text(_("This document has not arrived yet"), _("Send it with this or a later export")),
    Code.W302_DUE_DATE: Text(_("This is before the transaction, %(date)s"), _("Enter the due date")),
    Code.W303_LINE_VAT: Text(_("%(rate)s%% of %(net)s is %(expected)s"), _("Check the VAT of this line")),
    Code.W304_NET_AND_VAT: Text(_("Net and VAT make %(sum)s, the total is %(total)s"), _("Check the three amounts")),
    Code.W305_SETTLEMENT: Text(
        _("%(rate)s%% off %(total)s leaves %(expected)s"), _("Check the settlement; we show yours")
    ),
    Code.W306_BAD_EMAIL: Text(
        _("Email cannot be sent to this address"), _("Enter one like name@example.com, or nothing; we leave it out")
    ),
    Code.W307_ZERO: Text(_("The amount of this transaction is zero"), _("Leave it out if unintended")),
    Code.W308_AGE_LABEL: Text(_("By its date the age is %(expected)s"), _("Check the ageing setting; we show ours")),
    Code.W309_UNKNOWN_COLUMN: Text(_("We do not know this column"), _("Nothing to do: its cells are not used")),
    Code.W310_SPACES: Text(_("This began or ended with spaces"), _("Nothing to do: we took them off")),
    Code.W311_AGED_AMOUNTS: Text(
        _("The aged amounts make %(sum)s, the balance is %(balance)s"),
        _("Send all six so that they sum to the balance, or none"),
    ),
    Code.W312_OUT_OF_BALANCE: Text(
        _("Its transactions have %(sum)s outstanding, the balance is %(balance)s"),
        _("Send every open transaction of this account"),
    ),
    Code.W313_REPEATED_ROW: Text(_("This row is there %(count)s times, all alike: one is used"), _("Send it once")),
    Code.W314_UNKNOWN_MASTER: Text(
        _("The master %(account)s is not in customers.csv"),
        _(
            "Send it too, or correct the number: it must be the same character for character. "
            "Until then the account stands alone"
        ),
    ),
    Code.W315_UNKNOWN_TRANSACTION: Text(
        _("This transaction is not in transactions.csv"), _("Nothing to do if it is an old one: the document is kept")
    ),
    Code.W316_UNUSED_FILE: Text(_("We do not read this file yet"), _("Nothing to do: it is not used")),
    Code.W317_SETTLED_CHANGED: Text(
        _("This was settled with the %(column)s %(before)s"), _("Give each transaction an id that no other ever had")
    ),
    Code.W318_UNNAMED_DOCUMENT: Text(
        _("No row of documents.csv names this file"), _("Name it there, or leave it out: it is not used")
    ),
    Code.W319_UNCHECKED_TOTAL: Text(
        _("manifest.json gives a total of this column, which we do not add up"),
        _("Nothing to do: this total is not compared"),
    ),
    Code.W320_LINE_END: Text(_("This holds a line end or a tab"), _("Nothing to do: we put a space in its place")),
    Code.W321_ALLOCATED_UNKNOWN: Text(
        _("This transaction is not in transactions.csv, nor was it in an earlier export"),
        _("Send it too. Until then the allocation is kept, and not shown"),
    ),
    Code.W322_STATEMENT_AGES: Text(
        _("The aged amounts make %(sum)s, the closing balance is %(closing)s"),
        _("Send all six so that they sum to the closing balance, or none. We leave them out"),
    ),
    Code.G401_ERRORS: Text(
        _("%(rejected)s of %(rows)s rows in %(file)s have errors, %(percent)s"), _("The limit is %(limit)s%%")
    ),
    Code.G402_ACCOUNTS: Text(
        _("It would remove %(removed)s of %(before)s accounts, %(percent)s"), _("The limit is %(limit)s%%")
    ),
    Code.G403_OPEN_ITEMS: Text(
        _("It would remove %(removed)s of %(before)s open transactions, %(percent)s"), _("The limit is %(limit)s%%")
    ),
    Code.G404_FEWER_ROWS: Text(
        _("%(file)s has %(after)s rows, before it had %(before)s"), _("The limit is a fall of %(limit)s%%")
    ),
    Code.G405_TOTAL_MOVED: Text(
        _("The total outstanding moves from %(before)s to %(after)s"), _("The limit is %(limit)s%%")
    ),
    Code.G406_CONTROL_TOTAL: Text(
        _("%(column)s in %(file)s comes to %(counted)s, your dealer system says %(declared)s"), _("They must agree")
    ),
    Code.G409_OTHER_OWNERS: Text(
        _(
            "%(changed)s accounts have another name and another email, as if their numbers were somebody else's now. "
            "Once it is applied nobody can open them until you confirm whose they are"
        ),
        _("The limit is %(limit)s accounts"),
    ),
    Code.F501_STALLED: Text(
        _("This export stopped half way and was given up. Nothing has changed for your customers"),
        _("Upload it once more"),
    ),
    Code.F502_CANNOT_READ: Text(
        _("We could not read part of this export in five attempts. Nothing has changed for your customers"),
        _("Upload it once more. If it happens again, contact support"),
    ),
    Code.F503_OVERTAKEN: Text(
        _("What customers see was changed while this export was read or waited, so it no longer fits"),
        _("Upload a new export"),
    ),
    Code.F504_REFUSED: Text(_("You refused this export"), _("Your customers see the one before")),
    Code.F505_NOT_DECIDED: Text(_("Nobody decided on this export for six days"), _("Upload a new export")),
    Code.F507_CANNOT_OPEN: Text(
        _("We could not open this export. Nothing has changed for your customers"),
        _("Make the export again and upload it. If it happens again, contact support"),
    ),
    Code.F506_REPLACED: Text(
        _("The file was replaced while we were reading it. Nothing has changed for your customers"),
        _("Upload it once more"),
    ),
    Code.F508_NEWER_EXPORT: Text(
        _("Overtaken by the export of %(day)s, number %(number)s, which was applied first"),
        _("Customers see that one, so there is nothing to do"),
    ),
    Code.G407_AS_AT_AHEAD: Text(
        _("Its figures are as at %(as_at)s, %(days)s days after it was made or received"),
        _("as_at is the date for which the figures are true"),
    ),
    Code.G408_AS_AT_BACK: Text(
        _("Its figures are as at %(as_at)s, those that customers see are as at %(before)s"),
        _("as_at is the date for which the figures are true"),
    ),
}
