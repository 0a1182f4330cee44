"""Reads CloudFormation's YAML, with its short tags such as `!GetAtt Table.Arn`, as the JSON that it stands for.

PyYAML with the constructors below, since cfn-flip is no longer maintained, cfnlint.decode takes half a second to import
(each test process and each local server reads the templates), and the SAM translator reads JSON only.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]


class _Loader(yaml.SafeLoader):
    """Plain YAML, except that a key given twice is an error, as it is to CloudFormation."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        keys = [self.construct_object(key) for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            problem = f"given twice: {', '.join(sorted(map(str, twice)))}"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
        return super().construct_mapping(node, deep=deep)


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> Json:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: str(text).split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - YAML has these three
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_tag)


def load(path: Path) -> Json:
    """Raises yaml.YAMLError, which names file and line."""
    with path.open() as text:
        document: Json = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    return document


def merge(into: Json, sections: Json, source: str) -> None:
    """Add the entries of each section. Raises ValueError when one is there already."""
    for section, entries in sections.items():
        target = into.setdefault(section, {})
        if twice := target.keys() & entries.keys():
            raise ValueError(f"{source} defines again: {', '.join(sorted(twice))}")
        target.update(entries)


def merge_files(into: Json, paths: Iterable[Path]) -> None:
    """Add the entries of these files, in the order of their names. Raises ValueError when two define the same one."""
    for path in sorted(paths):
        merge(into, load(path), path.name)
