"""What docs/reliability.md claims, taken out. FAULTS are what may happen to an import; the ten rules have their own."""

from tests.soak.mutations.model import Removal
from tests.soak.mutations.rules import RULES, STAGE

__all__ = ["FAULTS", "RULES"]

COPIES = "Fault 1: messages that come two to ten times, at once and in any order, end like one"
DEATHS = "Fault 2: a worker that dies before, or just after, any call loses nothing and doubles nothing"
REPLIES = "Fault 3: a reply that is lost after a write leaves one effect"
ORDERS = "Fault 4: an older export never replaces a newer one, in whatever order they come"
LATE = "Fault 4: a message that comes after the next export has no effect"
HALVES = "Fault 5: of half a bundle or half a file nothing is taken, and the dealer is told"
AGAIN = "Fault 6: the same export under another name has no effect; the same id with other content is refused"
BAD_ROWS = "Fault 7: a bad row is rejected with its reason and keeps its last good value; too many stop the bundle"
POISON = "Fault 8: a message that always fails ends its run after five attempts, and the next export goes on"
REDRIVEN = "Fault 8: a dead letter sent again minutes or days later has no effect"
WEATHER = "Fault 10: throttling, errors and time-outs are borne with bounded attempts, and nothing is dropped"
HALF_BATCHES = "Fault 10: what a batch leaves unprocessed is sent again"
TIME = "Fault 11: a step that runs out of time stores how far it came, and another call goes on"
ENCODINGS = "Fault 12: text is UTF-8, with or without a mark; nothing is guessed, and a NUL is refused"
SCHEDULES = "Fault 13: schedules may fire twice, late, an hour back, or not at all"
MAIL = "Fault 14: an event gets one mail at most; one that may be out is not sent again by itself"
RESTORE = "Fault 16: the raw exports rebuild what a dealer has lost of the table"

PATIENCE = '"total_max_attempts": 4}'
IN_SOAK = "tests/soak/test_"

FAULTS: tuple[Removal, ...] = (
    Removal(
        COPIES,
        "chalicelib/ingest/maintenance/inbox.py",
        'is_new = upload.state == "begun" or (',
        "is_new = True or (",
        f"{IN_SOAK}deliveries.py::test_three_copies_at_once_end_like_one",
    ),
    Removal(
        DEATHS,
        "chalicelib/ingest/maintenance/resume.py",
        "for number in sorted(lease.finalising):",
        "for number in ():",
        f"{IN_SOAK}crash_points.py::test_a_worker_may_die_at_the_worst_calls",
    ),
    Removal(
        DEATHS,
        "chalicelib/ingest/maintenance/resume.py",
        "    _send_again(job, run, parts)\n\n\ndef _last_done",
        "\n\ndef _last_done",
        f"{IN_SOAK}crash_points.py::test_a_worker_may_die_at_the_worst_calls",
    ),
    Removal(
        REPLIES,
        "chalicelib/customers/directory/repo.py",
        "    with suppress(ConflictError):\n        record.save(",
        "    with suppress(ZeroDivisionError):\n        record.save(",
        f"{IN_SOAK}fault_injection.py::test_an_import_bears_lost_answers",
    ),
    Removal(
        ORDERS,
        "chalicelib/ingest/steps/open.py",
        "if manifest.sequence <= last:",
        "if manifest.sequence < 0:",
        f"{IN_SOAK}deliveries.py::test_an_older_export_never_replaces_a_newer_one",
    ),
    Removal(
        REDRIVEN,
        "chalicelib/ingest/steps/finalise.py",
        "if run.finalised_at is None and run.swept_at is None:",
        "if run.number:",
        "tests/ingest/test_redriven.py::test_messages_that_come_again_much_later_have_no_effect",
    ),
    Removal(
        LATE,
        "chalicelib/ingest/steps/stage.py",
        "if run is None or run.state is not RunState.STAGING or part not in run.parts:",
        "if run is None or part not in run.parts:",
        "tests/ingest/test_redriven.py::test_a_part_that_comes_after_the_next_export_writes_nothing",
        also=(("        if not self._is_staging():\n            return True\n", ""),),
    ),
    Removal(
        HALVES,
        "chalicelib/ccx/bundle.py",
        "raise BundleError(Code.B017_BYTES, declared.path, counted=size, declared=declared.bytes)",
        "return",
        "tests/ingest/test_half_files.py::test_a_bundle_cut_anywhere_changes_nothing_and_says_why",
    ),
    Removal(
        AGAIN,
        "chalicelib/ingest/steps/open.py",
        "    return number\n\n\ndef content_of",
        "    return None\n\n\ndef content_of",
        "tests/ingest/test_deliveries.py::test_the_same_export_again_has_no_effect_under_any_name",
    ),
    Removal(
        BAD_ROWS,
        "chalicelib/ingest/gate_rules.py",
        "if rejected * 100 <= rows * APPLY_SHARE or rejected <= MIN_ROWS:",
        "if rejected < rows:",
        "tests/ingest/test_bad_bundles.py::test_two_percent_of_bad_rows_hold_the_bundle_and_name_each",
    ),
    Removal(
        BAD_ROWS,
        "chalicelib/ledger/merge.py",
        "        if key in rejected:\n",
        "        if key == rejected:\n",
        "tests/ingest/test_bad_bundles.py::test_a_rejected_row_keeps_its_last_good_value_and_is_marked_stale",
    ),
    Removal(
        POISON,
        "chalicelib/triggers/lambda_events.py",
        "                _tell(exhausted, record.body, remaining)\n",
        "                remaining()\n",
        "tests/triggers/test_ingest.py::test_the_last_attempt_fails_the_run_and_frees_the_lease",
    ),
    Removal(
        WEATHER,
        "chalicelib/store/clients.py",
        PATIENCE,
        PATIENCE.replace("4", "1"),
        f"{IN_SOAK}fault_injection.py::test_an_import_bears_lost_answers",
    ),
    Removal(
        HALF_BATCHES,
        "chalicelib/store/batch.py",
        "request = answer.get(left_over, {}).get(table.table_name)",
        "request = None",
        f"{IN_SOAK}fault_injection.py::test_what_a_batch_leaves_unprocessed_is_sent_again",
    ),
    Removal(
        TIME,
        "chalicelib/ingest/steps/stage.py",
        "if at and self._job.short_of_time:",
        "if at < 0:",
        "tests/ingest/test_short_time.py::test_the_clock_is_looked_at_after_each_account",
    ),
    Removal(
        ENCODINGS,
        "chalicelib/ccx/csv_rows.py",
        'return data.decode("utf-8-sig" if number == 0 else "utf-8")',
        'return data.decode("utf-8-sig" if number == 0 else "utf-8", "replace")',
        "tests/ingest/test_encodings.py::test_no_other_encoding_is_guessed",
    ),
    Removal(
        SCHEDULES,
        "chalicelib/ingest/maintenance/inbox.py",
        'is_new = upload.state == "begun" or (',
        "is_new = True or (",
        "tests/ingest/test_schedules_twice.py::test_afterwards_they_change_nothing",
        also=(('if upload is None or upload.state == "begun":', "if True:"),),
    ),
    Removal(
        MAIL,
        "chalicelib/notifications/delivery.py",
        "        if item.state is OutboxState.CLAIMED:\n",
        "        if item.state is OutboxState.DROPPED:\n",
        "tests/notifications/test_delivery.py::test_a_lost_answer_becomes_uncertain_and_is_never_repeated",
    ),
    Removal(
        RESTORE,
        STAGE,
        "LedgerBuilder(context.as_at,",
        "LedgerBuilder(job.now.date(),",
        "tests/ingest/test_restore.py::test_the_raw_exports_make_the_same_table_again",
    ),
)
