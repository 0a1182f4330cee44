"""How statements are stored in the table."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class StatementRecord(Record):
    """`D#d#A#<ref>`, `STATEMENT#<era>#<yyyy-mm>`: a month's statement without its lines; never changed."""

    body = BinaryAttribute(legacy_encoding=False)

    def put_condition(self) -> Condition:
        """A statement is made once."""
        condition: Condition = type(self).pk.does_not_exist()
        return condition


class StatementLinesRecord(Record):
    """`D#d#A#<ref>`, `STATEMENT_LINES#<era>#<yyyy-mm>#<nn>`: a part of its lines, compressed."""

    data = BinaryAttribute(legacy_encoding=False)


class StatementChainRecord(Record):
    """`D#d#A#<ref>`, `STATEMENT_CHAIN#<era>`: where the account's next statement goes on."""

    month = UnicodeAttribute()
    closing = NumberAttribute()
    since = UnicodeAttribute(null=True)
    known = BinaryAttribute(legacy_encoding=False)


class StatementRoundRecord(Record):
    """`D#d#DEALER`, `STATEMENTS`: the last month whose statements were begun."""

    month = UnicodeAttribute()
