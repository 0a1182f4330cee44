"""The `aws` commands that the documents tell people to type exist: service, operation, options, and our parameters."""

import re
import shlex
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from infra.cloudformation.loader import load
from infra.cloudformation.template import EDGE
from infra.package.sam_template import merged
from tests.tooling.documents import commands, pages

INLINE = [
    (page.name, shlex.split(command))
    for page in pages()
    for command in re.findall(
        r"`(aws \w[^`]*)`", re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    )
]
DOCUMENTED = [*((page, words) for page, words in commands() if words[0] == "aws"), *INLINE]
COMMON = {"--region", "--query", "--output"}
OF_THE_COMMAND_LINE = {
    ("s3", "mb"): set(),
    ("s3", "sync"): {"--cache-control"},
    ("cloudformation", "package"): {"--template-file", "--s3-bucket", "--use-json", "--output-template-file"},
    ("cloudformation", "deploy"): {
        *("--stack-name", "--template-file", "--s3-bucket", "--capabilities", "--parameter-overrides"),
    },
}
"""Commands that the AWS command line adds to the operations of the services."""


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model("s3" if service == "s3api" else service)


def known_options(service: str, command: str) -> set[str]:
    if (service, command) in OF_THE_COMMAND_LINE:
        return OF_THE_COMMAND_LINE[service, command]
    (operation,) = [name for name in model(service).operation_names if xform_name(name, "-") == command]
    members = model(service).operation_model(operation).input_shape.members
    switches = {f"--no-{xform_name(n, '-')}" for n, shape in members.items() if shape.type_name == "boolean"}
    return {f"--{xform_name(name, '-')}" for name in members} | switches


@pytest.mark.parametrize(("page", "words"), DOCUMENTED, ids=[" ".join(words[1:3]) for _, words in DOCUMENTED])
def test_a_documented_command_is_one_of_aws(page: str, words: list[str]) -> None:
    given = {word.split("=")[0] for word in words[3:] if word.startswith("--")}
    assert given <= known_options(words[1], words[2]) | COMMON, page


@pytest.mark.parametrize("words", [words for _, words in DOCUMENTED if "--parameter-overrides" in words])
def test_its_parameters_are_those_of_the_template(words: list[str]) -> None:
    is_edge = any("edge.json" in word for word in words)
    template = load(EDGE) if is_edge else merged("prod")
    parameters = template["Parameters"]
    given = {word.split("=")[0] for word in words[words.index("--parameter-overrides") + 1 :] if "=" in word}
    assert given <= parameters.keys()
    assert {name for name, one in parameters.items() if "Default" not in one} <= given


def test_an_option_that_is_none_is_noticed() -> None:
    assert "--restore-date-time" in known_options("dynamodb", "restore-table-to-point-in-time")
    assert "--restore-time" not in known_options("dynamodb", "restore-table-to-point-in-time")
