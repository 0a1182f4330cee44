import re
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.setup import environments, locks, stamps, system
from infra.setup.paths import ROOT
from infra.setup.shell import SetupError, call, explain


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: failed to write: No space left on device (os error 28)", "is full."),
        ("dns error: failed to lookup address", "there is no network"),
        ("Err: Temporary failure in name resolution\nE: Unable to fetch", "there is no network"),
        ("first\nE: Unable to locate package chromium\n", "failed: E: Unable to locate package chromium"),
        ("", "failed: it printed nothing"),
    ],
)
def test_a_failure_is_one_sentence(output: str, sentence: str) -> None:
    text = explain("Installing it", output)
    assert sentence in text
    assert "\n" not in text


def test_a_program_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(SetupError, match=r"Doing it failed: .*No such file"):
        call("Doing it", ("/nowhere/at/all",))


def test_where_pyenvs_python_is_slow_the_distributions_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    pyenvs = tmp_path / ".pyenv" / "versions" / "x" / "bin" / "python3"
    theirs = tmp_path / f"python{version}"
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: "'--prefix=/x'")
    assert environments.quickest_python(pyenvs, tmp_path) == pyenvs
    theirs.write_text(f"#!/bin/sh\necho {version}.1\n")
    theirs.chmod(0o755)
    assert environments.quickest_python(pyenvs, tmp_path) == theirs
    assert environments.quickest_python(Path("/opt/bin/python3"), tmp_path) == Path("/opt/bin/python3")
    theirs.write_text("#!/bin/sh\nexit 1\n")
    assert environments.quickest_python(pyenvs, tmp_path) == pyenvs
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: "'--enable-optimizations'")
    theirs.write_text(f"#!/bin/sh\necho {version}.1\n")
    assert environments.quickest_python(pyenvs, tmp_path) == pyenvs


def test_a_stamp_holds_until_a_file_changes(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    mark = stamps.fingerprint(lock)
    assert not stamps.is_current(tmp_path, mark)
    stamps.finish(tmp_path, mark)
    assert stamps.is_current(tmp_path, stamps.fingerprint(lock))
    lock.write_text("two")
    assert not stamps.is_current(tmp_path, stamps.fingerprint(lock))


def test_an_interrupted_step_is_done_again(tmp_path: Path) -> None:
    stamps.finish(tmp_path, "mark")
    stamps.begin(tmp_path)
    assert not stamps.is_current(tmp_path, "mark")


def test_what_is_missing_and_cannot_be_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"Java 17 is missing, .*sudo apt-get install openjdk-17-jre-headless"):
        system.java()
    assert capsys.readouterr().out == ""


@pytest.fixture
def apt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, int], None]:
    """Makes root's PATH hold nothing but a program, and an apt that notes its calls and finds a package, or none."""
    monkeypatch.setattr(system, "is_root", lambda: True)
    monkeypatch.setenv("PATH", str(tmp_path))

    def program(name: str, body: str) -> None:
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n")
        (tmp_path / name).chmod(0o755)

    def make(present: str, found: int) -> None:
        program("apt-get", f'echo "$@" >> {tmp_path}/calls')
        program("apt-cache", f"exit {found}")
        program(present, "exit 0")

    return make


@pytest.mark.parametrize(
    ("present", "found", "installed"),
    [
        ("chromium-headless-shell", 0, []),
        ("chromium", 0, ["chromium-headless-shell"]),
        ("chromium", 100, []),
        ("none", 0, ["chromium-headless-shell"]),
        ("none", 100, ["chromium"]),
    ],
)
def test_the_headless_shell_is_preferred_where_apt_has_it(
    apt: Callable[[str, int], None], tmp_path: Path, present: str, found: int, installed: list[str]
) -> None:
    apt(present, found)
    system.browser()
    calls = (tmp_path / "calls").read_text() if (tmp_path / "calls").exists() else ""
    assert re.findall(r"install .* (chromium\S*) fonts-liberation", calls) == installed


def test_locks_name_no_registry() -> None:
    for lock in locks.LOCKS:
        assert "://" not in (ROOT / lock.file).read_text(), lock.file
