from pathlib import Path

import pytest
import yaml

from infra.cloudformation.loader import Json, load, merge_files


def read(folder: Path, text: str) -> Json:
    path = folder / "x.yaml"
    path.write_text(text)
    return load(path)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("!Ref AWS::NoValue", {"Ref": "AWS::NoValue"}),
        ("!Condition HasDomain", {"Condition": "HasDomain"}),
        ("!GetAtt Table.Arn", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!GetAtt Nested.Outputs.Name", {"Fn::GetAtt": ["Nested", "Outputs.Name"]}),
        ("!GetAtt [Table, Arn]", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!Sub a-${Stage}", {"Fn::Sub": "a-${Stage}"}),
        ("!Sub ['${x}', {x: !Ref Stage}]", {"Fn::Sub": ["${x}", {"x": {"Ref": "Stage"}}]}),
        ("!Not [!Equals [!Ref A, '']]", {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]}),
        ("!Transform {Name: AWS::Include}", {"Fn::Transform": {"Name": "AWS::Include"}}),
    ],
)
def test_a_short_tag_is_its_long_form(tmp_path: Path, text: str, means: Json) -> None:
    assert read(tmp_path, f"a: {text}\n") == {"a": means}


def test_a_key_given_twice_is_an_error_that_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(yaml.YAMLError, match=r"given twice: b\n.*x\.yaml\", line 2"):
        read(tmp_path, "a:\n  b: 1\n  b: 2\n")


def test_no_tag_makes_python_objects(tmp_path: Path) -> None:
    with pytest.raises(yaml.YAMLError):
        read(tmp_path, "a: !!python/object/apply:os.getcwd []\n")


def test_two_files_may_not_define_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("Resources: {Table: {}}\n")
    with pytest.raises(ValueError, match=r"b\.yaml defines again: Table"):
        merge_files({}, tmp_path.glob("*.yaml"))
