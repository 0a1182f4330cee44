"""What docs/reliability.md claims, taken out. FAULTS are what may happen to an import; the ten rules have their own."""

from tests.soak.mutations.model import Condition, Drop, Mutation, Swap, Value
from tests.soak.mutations.rules import RULES

__all__ = ["FAULTS", "RULES"]

COPIES = "Fault 1: messages that come two to ten times, at once and in any order, end like one"
DEATHS = "Fault 2: a worker that dies before, or just after, any call loses nothing and doubles nothing"
REPLIES = "Fault 3: a reply that is lost after a write leaves one effect"
ORDERS = "Fault 4: an older export never replaces a newer one, in whatever order they come"
LATE = "Fault 4: a message that comes after the next export has no effect"
HALVES = "Fault 5: of half a bundle or half a file nothing is taken, and the dealer is notified"
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
NEWS = "Fault 14: what an export has brought is told to each person once, and only while customers see it"
REMINDERS = "Fault 14: a person is reminded once a day at most, of what is open and in no dispute"
RESTORE = "Fault 16: the raw exports rebuild what a dealer has lost of the table"

PATIENCE = '"total_max_attempts": 4}'
IN_SOAK = "tests/soak/test_"

FAULTS: tuple[Mutation, ...] = (
    Mutation(
        COPIES,
        "upload-taken-once",
        Swap("upload.state is UploadState.BEGUN", "True"),
        f"{IN_SOAK}deliveries.py::test_three_copies_at_once_end_like_one",
    ),
    Mutation(
        DEATHS,
        "resume-finalises",
        Swap("sorted(lease.finalising", "("),
        f"{IN_SOAK}crash_points.py::test_a_worker_may_die_at_the_worst_calls",
    ),
    Mutation(
        DEATHS,
        "resume-resends-parts",
        Drop(),
        f"{IN_SOAK}crash_points.py::test_a_worker_may_die_at_the_worst_calls",
    ),
    Mutation(
        REPLIES,
        "shard-written-once",
        Swap("ConflictError", "ZeroDivisionError"),
        f"{IN_SOAK}fault_injection.py::test_an_import_bears_lost_answers",
    ),
    Mutation(
        ORDERS,
        "sequence-grows",
        Swap("= last", " 0"),
        f"{IN_SOAK}deliveries.py::test_an_older_export_never_replaces_a_newer_one",
    ),
    Mutation(
        REDRIVEN,
        "finalise-once",
        Swap("run.finalised_at is None and run.swept_at is None", "run.number"),
        "tests/ingest/test_redriven.py::test_messages_that_come_again_much_later_have_no_effect",
    ),
    Mutation(
        LATE,
        "stage-only-while-staging",
        Swap("run.state is not RunState.STAGING or part", "part"),
        "tests/ingest/test_redriven.py::test_a_part_that_comes_after_the_next_export_writes_nothing",
        also=(("stage-checks-before-writing", Drop()),),
    ),
    Mutation(
        HALVES,
        "declared-bytes",
        Swap("raise BundleError(Code.B017_BYTES, declared.path, counted=size, declared=declared.bytes)", "return"),
        "tests/ingest/test_half_files.py::test_a_bundle_cut_anywhere_changes_nothing_and_says_why",
    ),
    Mutation(
        AGAIN,
        "known-export-is-noop",
        Value("None"),
        "tests/ingest/test_deliveries.py::test_the_same_export_again_has_no_effect_under_any_name",
    ),
    Mutation(
        BAD_ROWS,
        "reject-thresholds",
        Swap("* 100 <= rows * APPLY_SHARE or rejected <= MIN_ROWS", "< rows"),
        "tests/ingest/test_bad_bundles.py::test_two_percent_of_bad_rows_hold_the_bundle_and_name_each",
    ),
    Mutation(
        BAD_ROWS,
        "rejected-row-keeps-value",
        Swap("y in", "y =="),
        "tests/ingest/test_bad_bundles.py::test_a_rejected_row_keeps_its_last_good_value_and_is_marked_stale",
    ),
    Mutation(
        POISON,
        "last-attempt-is-reported",
        Swap("_report_exhausted(exhausted, record.body, remaining", "remaining("),
        "tests/triggers/test_ingest.py::test_the_last_attempt_fails_the_run_and_frees_the_lease",
    ),
    Mutation(
        WEATHER,
        "client-retries",
        Swap("4", "1"),
        f"{IN_SOAK}fault_injection.py::test_an_import_bears_lost_answers",
    ),
    Mutation(
        HALF_BATCHES,
        "batch-resends-unprocessed",
        Swap("answer.get(left_over, {}).get(table.table_name)", "None"),
        f"{IN_SOAK}fault_injection.py::test_what_a_batch_leaves_unprocessed_is_sent_again",
    ),
    Mutation(
        TIME,
        "stage-watches-clock",
        Swap("and self._job.short_of_time", "< 0"),
        "tests/ingest/test_short_time.py::test_the_clock_is_looked_at_after_each_account",
    ),
    Mutation(
        ENCODINGS,
        "utf8-only",
        Swap('8"', '8", "replace"'),
        "tests/ingest/test_encodings.py::test_no_other_encoding_is_guessed",
    ),
    Mutation(
        SCHEDULES,
        "upload-taken-once",
        Swap("upload.state is UploadState.BEGUN", "True"),
        "tests/ingest/test_schedules_twice.py::test_afterwards_they_change_nothing",
        also=(("collect-known-uploads", Condition("True")),),
    ),
    Mutation(
        MAIL,
        "mail-claimed-first",
        Swap("OutboxState.CLAIMED", "OutboxState.DROPPED"),
        "tests/notifications/test_delivery.py::test_a_lost_answer_becomes_uncertain_and_is_never_repeated",
    ),
    Mutation(
        NEWS,
        "told-once-of-a-run",
        Swap(", NotifiedRecord.pk.does_not_exist()", ""),
        "tests/notifications/kinds/test_new_documents.py::test_a_step_that_runs_twice_tells_nobody_twice",
    ),
    Mutation(
        NEWS,
        "news-of-present-people",
        Condition("False"),
        "tests/notifications/kinds/test_new_documents.py::test_who_may_not_log_in_any_more_is_not_told",
    ),
    Mutation(
        NEWS,
        "first-run-is-no-news",
        Condition("False"),
        "tests/notifications/kinds/test_new_documents.py::test_a_mail_and_an_entry_say_what_is_new",
    ),
    Mutation(
        NEWS,
        "old-export-is-no-news",
        Swap("<= NEWS_FOR", ">= NEWS_FOR * 0"),
        "tests/notifications/kinds/test_new_documents.py::test_of_an_export_from_the_archive_nobody_is_told",
    ),
    Mutation(
        REMINDERS,
        "reminded-once-a-day",
        Swap(", ReminderRecord.pk.does_not_exist()", ""),
        "tests/notifications/test_payment_reminders.py::test_a_step_that_runs_twice_reminds_nobody_twice",
    ),
    Mutation(
        REMINDERS,
        "disputed-not-reminded",
        Swap(" or view.rules.is_disputed(row)", ""),
        "tests/notifications/test_payment_reminders.py::test_what_is_in_dispute_is_never_reminded_of",
    ),
    Mutation(
        REMINDERS,
        "late-figures-remind-nobody",
        Swap("dealers.published(scope).is_late(today) or ", ""),
        "tests/notifications/test_payment_reminders.py::test_nobody_is_reminded_by_figures_that_are_late_nor_at_night_nor_unless_it_is_turned_on",
    ),
    Mutation(
        REMINDERS,
        "reminders-of-present-people",
        Swap('found if payload["email"] in emails else None', "found"),
        "tests/notifications/test_payment_reminders.py::test_who_may_not_log_in_any_more_and_what_is_paid_by_now_is_left_out",
    ),
    Mutation(
        RESTORE,
        "inference-uses-as-at",
        Swap("context.as_at", "job.now.date()"),
        "tests/ingest/test_restore.py::test_the_raw_exports_make_the_same_table_again",
    ),
)
