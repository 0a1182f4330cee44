"""The template that the local AWS and the deployment share: every file of infra/cloudformation/shared merged."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from infra.cloudformation.loader import Json, merge_files

FOLDER = Path(__file__).parent
SHARED = FOLDER / "shared"
AWS_ONLY = FOLDER / "aws_only"
FUNCTIONS = FOLDER / "functions.yaml"
EDGE = FOLDER / "edge.yaml"
NOT_FOUND = FOLDER / "not_found.html"
"""What API Gateway answers on an unknown path. It leads on to the portal's own page, which knows whose look it has."""

_REFERENCE = re.compile(r"\$\{(?!!)([^}]+)\}")


@cache
def template() -> Json:
    """Sections to their entries, merged. Raises ValueError when two files define the same entry."""
    merged: Json = {"AWSTemplateFormatVersion": "2010-09-09", "Description": "Customer Connect"}
    merge_files(merged, SHARED.glob("*.yaml"))
    return merged


def resource(name: str) -> Json:
    """The properties of a resource by its logical name."""
    properties: Json = template()["Resources"][name]["Properties"]
    return properties


def role_policy(name: str) -> Json:
    """The policy document of a data role such as `TenantRole`, references unresolved."""
    document: Json = resource(name)["Policies"][0]["PolicyDocument"]
    return document


def resolved(node: Any, arns: Mapping[str, str]) -> Any:
    """`node` with each `Fn::GetAtt [x, Arn]` and `${x.Arn}` replaced by `arns[x]`. Raises KeyError for others."""
    if isinstance(node, list):
        return [resolved(n, arns) for n in node]
    if not isinstance(node, dict):
        return node
    match node:
        case {"Fn::GetAtt": [name, "Arn"]}:
            return arns[name]
        case {"Fn::Sub": str(text)}:
            return _REFERENCE.sub(lambda m: arns[m[1].removesuffix(".Arn")], text).replace("${!", "${")
    return {key: resolved(value, arns) for key, value in node.items()}
