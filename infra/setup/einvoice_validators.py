"""What proves e-invoices, from Maven Central by the pom in infra/local: for checks alone, never deployed."""

import shutil

from . import stamps, system
from .paths import EINVOICE_VALIDATORS, ROOT
from .shell import call, step

POM = ROOT / "infra" / "local" / "einvoice-validators.xml"


def einvoice_validators() -> None:
    """`.tools/einvoice-validators/*.jar`."""
    system.java_compiler()
    mark = stamps.fingerprint(POM)
    if stamps.is_current(EINVOICE_VALIDATORS, mark):
        return
    system.maven()
    with step("Validators of e-invoices"):
        shutil.rmtree(EINVOICE_VALIDATORS, ignore_errors=True)
        copy = ("dependency:copy-dependencies", f"-DoutputDirectory={EINVOICE_VALIDATORS}", "-DincludeScope=runtime")
        call("Fetching the validators", ("mvn", "--batch-mode", "--quiet", "--file", POM, *copy))
        stamps.finish(EINVOICE_VALIDATORS, mark)
