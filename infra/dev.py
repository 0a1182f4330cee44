"""Every command of the project. Needs nothing but Python 3.11 and pip: `python3 infra/dev.py help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever types the command may have an older one
    sys.exit("Customer Connect needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ".")

from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from infra.setup.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
