import sys
import time
from pathlib import Path

from infra.local.process import spawn, stop

LEAVES_FILES = "import tempfile, time; tempfile.mkdtemp(); time.sleep(60)"


def test_what_a_program_leaves_in_its_temporary_folder_goes_when_it_is_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    log = tmp_path / "untidy.log"
    child = spawn(
        "untidy", [sys.executable, "-c", LEAVES_FILES], env={"TMPDIR": str(folder)}, log=log, temporary=folder
    )
    try:
        while not any(folder.iterdir()):
            assert not child.has_ended, child.last_log_line()
            time.sleep(0.02)
    finally:
        stop([child])
    assert not folder.exists()
