import stat
import subprocess
from pathlib import Path

import pytest

from infra.local.environment import of_running_portal, publish, withdraw
from infra.local.process import LocalError
from infra.setup.paths import PYTHON


def test_a_command_finds_the_running_portal(tmp_path: Path) -> None:
    state = tmp_path / "ministack"
    state.mkdir()
    publish(state, {"TABLE_NAME": "t"})
    publish(state, {"TABLE_NAME": "t2"})
    assert of_running_portal(tmp_path) == {"TABLE_NAME": "t2"}
    assert stat.S_IMODE((state / "environment.json").stat().st_mode) == 0o600


def test_no_portal_is_one_sentence(tmp_path: Path) -> None:
    state = tmp_path / "ministack"
    state.mkdir()
    publish(state, {})
    withdraw(state)
    with pytest.raises(LocalError, match="No portal is running"):
        of_running_portal(tmp_path)


def test_a_portal_that_was_killed_does_not_count(tmp_path: Path) -> None:
    state = tmp_path / "ministack"
    state.mkdir()
    gone = subprocess.Popen([PYTHON, "-c", ""])
    gone.wait()
    (state / "environment.json").write_text(f'{{"pid": {gone.pid}, "environment": {{}}}}')
    with pytest.raises(LocalError, match="No portal is running"):
        of_running_portal(tmp_path)
