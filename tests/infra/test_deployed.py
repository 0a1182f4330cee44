import re
from typing import Any

import pytest

from infra.deployed import environment, main, outputs_of
from infra.setup.paths import ROOT


class CloudFormation:
    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's word
        outputs = [
            {"OutputKey": "TableName", "OutputValue": f"table of {StackName}"},
            {"OutputKey": "DistributionId", "OutputValue": "D"},
        ]
        return {"Stacks": [{"Outputs": outputs}]}


def test_a_stacks_outputs_are_the_operators_settings() -> None:
    assert environment(outputs_of(CloudFormation(), "s")) == {"TABLE_NAME": "table of s"}


def documented_commands() -> set[str]:
    texts = [ROOT.joinpath("docs", name).read_text() for name in ("operations.md", "deploy.md")]
    return {name for text in texts for name in re.findall(r"dev\.py operator --stack \S+ ([a-z-]+)", text)}


@pytest.mark.parametrize("asked", [[], ["--help"], ["-h"], ["--stack", "s", "--help"]])
def test_its_help_lists_and_explains_every_command(capsys: pytest.CaptureFixture[str], asked: list[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(asked)
    listed = dict(re.findall(r"^    ([a-z-]+)\s+(\S.*)$", capsys.readouterr().out, re.MULTILINE))
    assert listed.keys() == documented_commands(), "what docs/operations.md and docs/deploy.md show"
    assert all(listed.values())


def test_a_commands_help_explains_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["set-logo", "--help"])
    assert "--shows-name" in capsys.readouterr().out


def test_it_asks_which_stack(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["create-dealer"])
    assert "--stack" in capsys.readouterr().err
