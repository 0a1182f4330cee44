"""Every command of the project. Needs nothing but Python from 3.11 on and pip: `python3 infra/dev.py help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the command may be run with an older one
    sys.exit("Customer Connect needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ".")

from setup.commands import main  # type: ignore[import-not-found]

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
