"""What a message says to readers of the first market."""

from chalicelib.ccx.findings import Finding
from chalicelib.ccx.messages import Stored, sentences
from chalicelib.rendering.format import formats

BRITISH = formats("en-GB", "Europe/London", "GBP")


def words(message: Stored | Finding) -> str:
    """In English, with British formats."""
    return sentences(message.stored_message if isinstance(message, Finding) else message, BRITISH)
