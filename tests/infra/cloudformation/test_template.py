import pytest

from chalicelib.settings import Settings
from infra.cloudformation.template import resolved, resource, template
from infra.local.provision import variable


def test_each_output_is_a_setting() -> None:
    assert {variable(name).lower() for name in template()["Outputs"]} <= set(Settings.model_fields)


def test_the_table_is_what_the_store_needs() -> None:
    table = resource("Table")
    assert [k["AttributeName"] for k in table["KeySchema"]] == ["pk", "sk"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "ttl", "Enabled": True}
    assert "GlobalSecondaryIndexes" not in table
    assert template()["Resources"]["Table"]["DeletionPolicy"] == "Retain"


@pytest.mark.parametrize("name", ["Inbox", "Import", "Outbox", "Bulk", "Intake", "Verdict", "Replies"])
def test_a_queue_gives_up_after_five_times(name: str) -> None:
    queue = resource(f"{name}Queue")
    assert queue["VisibilityTimeout"] == 12 * 60
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
    assert resource(f"{name}DeadLetters")["MessageRetentionPeriod"] == 14 * 24 * 3600


@pytest.mark.parametrize("name", ["InboxBucket", "FilesBucket", "QuarantineBucket"])
def test_no_bucket_is_public(name: str) -> None:
    assert set(resource(name)["PublicAccessBlockConfiguration"].values()) == {True}


def test_other_references_are_not_guessed() -> None:
    with pytest.raises(KeyError):
        resolved({"Fn::Sub": "${Elsewhere.Arn}/x"}, {})
    assert resolved({"a": [{"Fn::Sub": "${T.Arn}/${!tag}"}]}, {"T": "arn:t"}) == {"a": ["arn:t/${tag}"]}
