"""The local worker as `make run` starts it, but with parts of few rows: `python -m tests.soak.worker`."""

from chalicelib.ingest.steps import spread
from infra.local.application import log_to_terminal
from infra.local.worker import main
from tests.soak.imports import MAX_ROWS

if __name__ == "__main__":
    spread.MAX_ROWS = MAX_ROWS
    log_to_terminal()
    main()
