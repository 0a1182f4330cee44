"""`python -m infra.local.command MODULE ...`: runs a module's command on the running portal."""

import os
import runpy
import sys

from infra.local.environment import of_running_portal
from infra.local.process import LocalError


def main() -> int:
    """1 with one sentence when no portal runs; else the module's own exit code."""
    try:
        os.environ.update({} if "--help" in sys.argv else of_running_portal())
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    from infra.iam import guard  # settings are read when it is first needed, so only now

    guard.install()
    module, *arguments = sys.argv[1:]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
