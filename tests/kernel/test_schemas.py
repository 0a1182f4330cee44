"""No error about a value says what the value was: errors are logged, and values are somebody's."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic.dataclasses import dataclass

from chalicelib.kernel.schemas import DEFERRED, STRICT, adapter

ROOT = Path(__file__).parents[2] / "chalicelib"
EMAIL = "al.barlow@postgate.example"


@dataclass(config=STRICT)
class Strict:
    number: int


@dataclass(config=DEFERRED)
class Deferred:
    number: int


@pytest.mark.parametrize("kind", [Strict, Deferred])
def test_no_error_of_a_value_shows_it(kind: type[Strict | Deferred]) -> None:
    for make in (
        lambda: kind(number=EMAIL),  # type: ignore[arg-type]
        lambda: adapter(kind).validate_python({"number": EMAIL}),
        lambda: adapter(kind).validate_json(f'{{"number": "{EMAIL}"}}'),
        lambda: adapter(tuple[kind, ...]).validate_python([{"number": EMAIL}]),  # type: ignore[valid-type]
    ):
        with pytest.raises(ValidationError) as refused:
            make()
        assert "number" in str(refused.value)
        assert EMAIL not in str(refused.value)


def test_values_come_back_as_they_went() -> None:
    stored = adapter(tuple[Strict, ...])
    assert stored.validate_json(stored.dump_json((Strict(1), Strict(2)))) == (Strict(1), Strict(2))


def test_every_model_and_adapter_of_the_program_hides_its_input() -> None:
    sources = {path: path.read_text() for path in ROOT.rglob("*.py")}
    shown = [
        (path.name, config)
        for path, text in sources.items()
        for config in re.findall(r"ConfigDict\((?!\s*\))[^)]*\)", text)
        if "hide_input_in_errors=True" not in config
    ]
    assert shown == []
    assert [path.name for path, text in sources.items() if re.search(r"TypeAdapter\(", text)] == ["schemas.py"]
