import re
import subprocess
import sys
from functools import cache

import pytest

from infra.setup.commands import VERBS, main
from infra.setup.paths import PYTHON, ROOT
from tests.tooling.documents import commands

TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
WITH_OPTIONS = {"create-dealer", "demo", "operator", "upload"}
PROGRAMS = {
    "run": ("-m", "infra.local.server"),
    "create-dealer": ("-m", "infra.operator_commands.cli", "create-dealer"),
    "demo": ("-m", "infra.demo_export"),
    "operator": ("-m", "infra.deployed", "--stack", "x"),
    "upload": ("-m", "infra.upload_client"),
}
OPERATOR_COMMANDS = (
    "request-factor-reset",
    "confirm-factor-reset",
    "cancel-factor-reset",
    "create-dealer",
    "refresh-public-copies",
    "remove-person",
    "end-sessions",
    "set-allowances",
    "suspend-dealer",
    "resume-dealer",
    "close-dealer",
    "export-dealer",
    "check-dealer-export",
    "delete-closed-dealers",
    "set-logo",
    "outbox-role",
)
DOCUMENTED = [(page, words) for page, words in commands() if words[0] in {"make", "python3"}]


def makefile_targets() -> set[str]:
    return set(TARGET.findall((ROOT / "Makefile").read_text()))


def test_help_lists_every_verb() -> None:
    command = (sys.executable, "infra/dev.py", "help")
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"^  ([a-z-]+)\s", shown, re.MULTILINE) == list(VERBS)


def test_make_has_every_verb_that_takes_no_options() -> None:
    assert makefile_targets() == VERBS.keys() - WITH_OPTIONS


def test_an_unknown_verb_shows_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frobnicate"]) == 2
    assert "There is no verb 'frobnicate'" in capsys.readouterr().out


def test_ci_runs_known_verbs() -> None:
    verbs = re.findall(r"^step ([a-z]+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert set(verbs) == {"test", "check", "rehearse"}
    assert set(verbs) <= makefile_targets()


@pytest.mark.parametrize(("page", "words"), DOCUMENTED, ids=[" ".join(words)[:60] for _, words in DOCUMENTED])
def test_a_documented_command_is_there(page: str, words: list[str]) -> None:
    if words[1] == "upload.pyz":
        words = ["python3", "infra/dev.py", "upload", *words[2:]]
    if words[0] == "make":
        assert {word for word in words[1:] if "=" not in word} <= makefile_targets(), page
    elif words[1] == "infra/dev.py":
        assert words[2] in VERBS, page
        assert not options(words) or set(options(words)) <= known_options(words), page
    else:
        assert (ROOT / words[1]).is_file(), page


def options(words: list[str]) -> list[str]:
    return [word.split("=")[0] for word in words[3:] if word.startswith("--")]


def known_options(words: list[str]) -> set[str]:
    verb, *given = words[2:]
    program = (str(PYTHON), *PROGRAMS[verb]) if verb in PROGRAMS else (sys.executable, "infra/dev.py", verb)
    command = [word for word in given if word in OPERATOR_COMMANDS][:1] if verb == "operator" else []
    return set(re.findall(r"--[a-z][a-z-]*", help_of(*program, *command)))


@cache
def help_of(*program: str) -> str:
    return subprocess.run((*program, "--help"), cwd=ROOT, capture_output=True, text=True, check=False).stdout
