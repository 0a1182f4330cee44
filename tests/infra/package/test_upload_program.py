"""upload.pyz holds what it needs and runs where nothing but Python is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from infra.package import upload_program
from infra.package.upload_program import CARRIED, FIRST, foreign, modules
from tests.ingest.test_handwritten import handwritten

NO_ZONES = """
import runpy, sys, zoneinfo
zoneinfo.reset_tzpath([])
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""As on Windows, whose Python has no time zones of its own."""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("client") / "upload.pyz"
    upload_program.build(target)
    return target


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """In a Python without any package, and with nothing of this folder on its path."""
    command = [sys.executable, "-I", "-S", *map(str, arguments)]
    return subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, check=False, timeout=60)


def test_it_is_the_same_for_the_same_sources(program: Path, tmp_path: Path) -> None:
    upload_program.build(tmp_path / "again.pyz")
    assert (tmp_path / "again.pyz").read_bytes() == program.read_bytes()


def test_it_carries_all_that_its_modules_import(program: Path) -> None:
    assert foreign(modules(FIRST)) <= set(CARRIED.values())
    with zipfile.ZipFile(program) as archive:
        names = set(archive.namelist())
    assert {"__main__.py", "chalicelib/ingest/bundle_check.py", "tzdata/zoneinfo/Europe/London"} <= names
    assert {f"licenses/{name}" for name in CARRIED} <= {"/".join(name.split("/")[:2]) for name in names}
    assert not [name for name in names if "store/" in name or name.endswith((".pyc", ".so"))]


def test_it_needs_nothing_but_python(program: Path) -> None:
    done = run(program, "--help")
    assert done.returncode == 0, done.stderr
    assert "python3 upload.pyz --check" in done.stdout


def test_an_older_python_is_told_which_one_it_needs(program: Path) -> None:
    old = "import runpy, sys; sys.version_info = (3, 10); runpy.run_path(sys.argv[1], run_name='__main__')"
    done = run("-c", old, program)
    assert (done.returncode, done.stderr[:46]) == (1, "This program needs Python 3.11 or newer, and t")


def test_it_checks_an_export_where_python_has_no_time_zones(program: Path, handwritten_file: Path) -> None:
    done = run("-c", NO_ZONES, program, "--check", handwritten_file)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Would be accepted, without 3 rejected rows."
    assert "W306_BAD_EMAIL" in done.stdout


@pytest.fixture
def handwritten_file(tmp_path: Path) -> Path:
    path = tmp_path / "ccx_HAND_20240605T050000Z_00000001.zip"
    path.write_bytes(handwritten("goes_in"))
    return path
