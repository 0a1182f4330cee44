"""Amazon's DynamoDB Local, from Maven Central by the pom in infra/local."""

import shutil

from . import stamps, system
from .paths import DYNAMODB_LOCAL, ROOT
from .shell import call, step

POM = ROOT / "infra" / "local" / "dynamodb-local.xml"


def dynamodb_local() -> None:
    """`.tools/dynamodb-local/*.jar` and the native library beside them."""
    system.java()
    mark = stamps.fingerprint(POM)
    if stamps.is_current(DYNAMODB_LOCAL, mark):
        return
    system.maven()
    with step("DynamoDB Local"):
        shutil.rmtree(DYNAMODB_LOCAL, ignore_errors=True)
        copy = ("dependency:copy-dependencies", f"-DoutputDirectory={DYNAMODB_LOCAL}", "-DincludeScope=runtime")
        call("Fetching DynamoDB Local", ("mvn", "--batch-mode", "--quiet", "--file", POM, *copy))
        stamps.finish(DYNAMODB_LOCAL, mark)
