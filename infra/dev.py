"""Every command of the project. Needs nothing but Python 3.11 and pip: `python3 infra/dev.py help`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever types the command may have an older one
    sys.exit("Customer Connect needs Python 3.11 or newer, and this is " + sys.version.split()[0] + ".")

# The project instead of this folder, whose operator.py would else hide Python's own.
HERE = __file__.rsplit("/", 1)[0]
sys.path = [HERE.rsplit("/", 1)[0], *(folder for folder in sys.path if folder != HERE)]

from infra.setup.commands import main  # noqa: E402 - after the line above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
