"""How a dealer calculates age."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AgeingSetting:
    """By which rule, and from which date."""

    method: Literal["calendar_month", "days", "next_month"] = "calendar_month"
    basis: Literal["invoice", "due"] = "invoice"
