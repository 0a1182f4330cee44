"""What belongs to the project, as git sees it."""

import os
import subprocess

from infra.setup.paths import ROOT


def tracked_files() -> list[str]:
    """Paths that git tracks or would add, new files included, from the project's root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=ROOT, text=True).split("\0")
    return [name for name in names if name and os.path.lexists(ROOT / name)]
