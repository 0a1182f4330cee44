from typing import Any

import pytest

from infra.deployed import environment, main, outputs_of


class CloudFormation:
    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's word
        outputs = [
            {"OutputKey": "TableName", "OutputValue": f"table of {StackName}"},
            {"OutputKey": "DistributionId", "OutputValue": "D"},
        ]
        return {"Stacks": [{"Outputs": outputs}]}


def test_a_stacks_outputs_are_the_operators_settings() -> None:
    assert environment(outputs_of(CloudFormation(), "s")) == {"TABLE_NAME": "table of s"}


def test_it_asks_which_stack(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["create-dealer"])
    assert "--stack" in capsys.readouterr().err
