"""The Chalice app, as this process's environment says, with our own role policies enforced."""

import logging
import sys
from importlib import import_module

from chalice.app import Chalice

from infra.iam import guard

log = logging.getLogger(__name__)

IMPORT_FAILED = 70
"""The exit code of a process whose app cannot be imported: EX_SOFTWARE of sysexits.h."""


def log_to_terminal() -> None:
    """One short line an event; libraries log warnings only."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def load(module: str) -> Chalice:
    """The `app` of a module. Ends the process with IMPORT_FAILED when the module cannot be imported."""
    guard.install()
    try:
        app = import_module(module).app
    except Exception:
        log.exception("cannot import %s", module)
        sys.exit(IMPORT_FAILED)
    if not isinstance(app, Chalice):
        raise TypeError("app.app is not a Chalice app")
    return app
