"""What proves e-invoices: for checks alone, never deployed."""

from . import system
from .maven import fetch_jars
from .paths import EINVOICE_VALIDATORS


def einvoice_validators() -> None:
    """`.tools/einvoice-validators/*.jar`."""
    system.java_compiler()
    fetch_jars("E-invoice validators", "einvoice-validators.xml", EINVOICE_VALIDATORS)
