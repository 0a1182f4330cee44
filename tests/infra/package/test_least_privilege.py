"""Every `*` in a policy of ours is listed here with its reason. Another one, or one without need, fails."""

import json
from collections.abc import Iterator
from typing import Any

from infra.package.sam_template import merged
from infra.setup.paths import ROOT

TLS = "denies all that does not come over TLS, to every caller"
NO_KEY = "denies what has no key and so no owner: a narrower one would let something through"
SCANNED = "GuardDuty scans and tags every object of the quarantine, and nothing else is in there"
RULE = "GuardDuty ends the name of its own rule as it likes"
NUMBERS = "numbers have no names: it allows what is no topic, of whatever region and account"
OPT_OUTS = "whether a number is opted out is asked of no resource: AWS takes none"
TEXTING = ("OutboxMessagesRole", "SendOutboxRole", "BulkMessagesRole")
STARS = {
    **{(role, "SendTexts"): NUMBERS for role in TEXTING},
    **{(role, "SeeOptOuts"): OPT_OUTS for role in TEXTING},
    ("InboxBucketPolicy", "OnlyOverTls"): TLS,
    ("FilesBucketPolicy", "OnlyOverTls"): TLS,
    ("AssetsBucketPolicy", "OnlyOverTls"): TLS,
    ("QuarantineBucketPolicy", "OnlyOverTls"): TLS,
    ("TenantRole", "NeverWithoutAKey"): NO_KEY,
    ("IdentityRole", "NeverWithoutAKey"): NO_KEY,
    ("OperatorRole", "NeverWithoutAKey"): NO_KEY,
    ("PublicRole", "NeverWithoutAKey"): NO_KEY,
    ("IntakeRole", "NeverWithoutAKey"): NO_KEY,
    ("MailRole", "NeverWithoutAKey"): NO_KEY,
    ("MailRole", "OnlyMails"): "SES gives each mail a name of its own, all under mail/",
    ("QuarantineBucketPolicy", "OnlyOurRulePutsMails"): "the same",
    ("TenantRole", "AuditRowsAreOnlyAdded"): "denies, whichever the table",
    ("TenantRole", "OnlyOwnObjects"): "a dealer's own objects have names of their own, all under d/<dealer>/",
    ("TenantRole", "OnlyIntoOwnQuarantine"): "each file has a name of its own, all under d/<dealer>/",
    ("IntakeRole", "OnlyOwnQuarantine"): "each file has a name of its own, all under d/<dealer>/",
    ("IntakeRole", "OnlyOwnUploads"): "accepted files have names of their own, all under d/<dealer>/uploads/",
    ("PublicRole", "OnlyOwnPublicObjects"): "public objects have names of their own, all under d/<dealer>/public/",
    ("QuarantineScanRole", "ManagedRule"): RULE,
    ("QuarantineScanRole", "ReadManagedRule"): RULE,
    ("QuarantineScanRole", "TagWhatWasScanned"): SCANNED,
    ("QuarantineScanRole", "Scan"): SCANNED,
    ("AssetsBucketPolicy", "OnlyOurDistributionReads"): "public stylesheets, scripts and pictures, to our distribution",
}


NOT_SAID = {"NotAction", "NotResource", "NotPrincipal"}


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", ())]
        documents += [properties[key] for key in ("PolicyDocument", "AssumeRolePolicyDocument") if key in properties]
        for document in documents:
            for statement in document["Statement"]:
                yield name, statement


def starred(template: dict[str, Any]) -> set[tuple[str, str]]:
    terms = ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal")
    return {
        (name, statement.get("Sid", "a statement without a name"))
        for name, statement in statements(template)
        if "*" in json.dumps([statement.get(term) for term in terms])
    }


def test_each_star_has_its_reason() -> None:
    assert starred(merged("prod")) == STARS.keys()


def test_a_new_star_is_noticed() -> None:
    template = merged("prod")
    statement = template["Resources"]["SendOutboxRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][-1]
    statement["Resource"] = "*"
    assert starred(template) - STARS.keys() == {("SendOutboxRole", statement["Sid"])}


def test_what_is_allowed_names_each_action() -> None:
    for name, statement in statements(merged("prod")):
        if statement["Effect"] == "Allow":
            assert "*" not in json.dumps(statement["Action"]), name
            not_said = {"NotAction", "NotPrincipal"} if statement.get("Sid") == "SendTexts" else NOT_SAID
            assert not_said.isdisjoint(statement), name


def test_no_function_uses_what_chalice_would_grant() -> None:
    resources = merged("prod")["Resources"]
    assert not [name for name, resource in resources.items() if resource.get("Type") == "AWS::IAM::Policy"]
    managed = [name for name, resource in resources.items() if "ManagedPolicyArns" in resource.get("Properties", {})]
    assert managed == ["ApiLoggingRole"]  # no function's: API Gateway's own


def test_the_document_names_each() -> None:
    text = (ROOT / "docs" / "deploy.md").read_text()
    assert [sid for _, sid in STARS if f"`{sid}`" not in text] == []
