"""Names of objects: of a bundle in the inbox, and of what its import keeps and leaves, all under the run."""

STAFF = "staff-"


def staff_upload(upload_id: str, person_id: str) -> str:
    """A bundle in the inbox, brought by a member of staff."""
    return f"inbox/{upload_id}/{STAFF}{person_id}.zip"


def spread(run: int, n: int, part: int, chunk: int) -> str:
    """The raw rows of a part, a chunk of them."""
    return f"{spread_prefix(run, n, part)}{chunk:06d}"


def spread_prefix(run: int, n: int, part: int) -> str:
    """The prefix of the chunks of a part."""
    return f"runs/{run}/rows/{n}/{part:04d}/"


def rows_prefix(run: int) -> str:
    """The prefix of all raw rows of a run."""
    return f"runs/{run}/rows/"


def changed(run: int, part: int) -> str:
    """The accounts that a part writes, each with the run of its head before: for the sweeper, before any write."""
    return f"runs/{run}/changed/{part:04d}.json"


def changed_prefix(run: int) -> str:
    """The prefix of the lists of changed accounts."""
    return f"runs/{run}/changed/"


def checkpoint(run: int, part: int) -> str:
    """How far a part came in the time it had."""
    return f"runs/{run}/checkpoints/{part:04d}"


def checkpoints_prefix(run: int) -> str:
    """The prefix of the checkpoints of a run."""
    return f"runs/{run}/checkpoints/"


def result(run: int, part: int) -> str:
    """What staging a part found."""
    return f"runs/{run}/results/{part:04d}"


def dealer_result(run: int) -> str:
    """What the gate found in the dealer's own files."""
    return f"runs/{run}/results/dealer"


def results_prefix(run: int) -> str:
    """The prefix of the results of a run's parts."""
    return f"runs/{run}/results/"


def rejects(run: int) -> str:
    """What is reported of rows with errors: with `.all` all of it, with `.json` the first for a page.

    With `.csv` a download, made when somebody wants it.
    """
    return f"runs/{run}/rejects"


def warnings(run: int) -> str:
    """The same of rows with warnings."""
    return f"runs/{run}/warnings"


def touched_accounts(run: int) -> str:
    """The accounts that a run changes, and how many rows of each."""
    return f"runs/{run}/touched"


def run_prefix(run: int) -> str:
    """The prefix of everything of a run but its documents and lines."""
    return f"runs/{run}/"


def lines_prefix(run: int) -> str:
    """The prefix of a run's invoice lines."""
    return f"lines/{run}/"


def documents_prefix(run: int) -> str:
    """The prefix of a run's documents."""
    return f"documents/{run}/"
