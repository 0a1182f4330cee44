"""The test of a module is found by its name, or by a line in one list."""

from pathlib import Path

from infra.setup.files import tracked_files
from infra.setup.paths import ROOT

LIST = Path(__file__).with_name("tested_elsewhere.txt")


def elsewhere() -> dict[str, str]:
    """Module -> test, both from their own root."""
    lines = (line for line in LIST.read_text().splitlines() if not line.startswith("#"))
    return dict(line.split(": ") for line in lines)


def modules() -> set[str]:
    names = (name.removeprefix("chalicelib/") for name in tracked_files() if name.startswith("chalicelib/"))
    return {name for name in names if name.endswith(".py") and not name.endswith(("__init__.py", "records.py"))}


def has_its_own_test(module: str) -> bool:
    path = Path(module)
    folder = ROOT / "tests" / path.parent
    return any((folder / f"test_{path.stem}{kind}.py").is_file() for kind in ("", "_engines"))


def test_each_module_has_its_test_under_its_name_or_a_line_in_the_list() -> None:
    missing = {module for module in modules() if not has_its_own_test(module)}
    assert missing == elsewhere().keys(), f"add to or remove from {LIST.name}"


def test_the_tests_of_the_list_are_there() -> None:
    assert [test for test in elsewhere().values() if not (ROOT / "tests" / test).is_file()] == []
