"""The ten rules that keep a published run whole, each taken out."""

from tests.soak.mutations.model import Drop, Mutation, Swap, Value

HISTORIES = "tests/soak/test_rules.py::test_rule_"
ENTITIES = "tests/ingest/test_entities.py::test_"

PUBLISHING = "Rule 1: publish, approval and undo are one transaction, on the generation the run was opened on"
STAGING = "Rule 2: only a staging run writes, and taking over an expired lease fails the silent one"
SWEEPING = "Rule 3: a number is skipped until all of the run is swept; nobody undoes what may have been swept"
SHARDS = "Rule 4: PUBLISHED names each shard's run, and a part and its shard hold the same accounts"
DIGESTS = "Rule 5: an unchanged account is known by its digest, counts in the totals, and a finding empties it"
ABSENT = "Rule 6: an account absent from the export stays as archived; without figures a page says so"
CURSORS = "Rule 7: a reader goes on in the run of the first page for 6 days unless it is undone"
RESTING = "Rule 8: a write that rests on ledger rows condition-checks the generation"
OBJECTS = "Rule 9: files go with the last head that names them, and a row reaches only what its own head lists"
FIRST = "Rule 10: a new dealer has run 0, and undo may return to it"

WHOLE = "A page is of one whole published export while others are published, undone, set aside and swept"

PUBLISHED = "chalicelib/dealers/publication.py"
STAGE = "chalicelib/ingest/steps/stage.py"
SWEEP = "chalicelib/ingest/maintenance/sweep.py"
QUERIES = "chalicelib/ledger/queries.py"
SNAPSHOT = "chalicelib/ledger/snapshot.py"

RULES: tuple[Mutation, ...] = (
    Mutation(
        PUBLISHING,
        "publish-skips-numbers-between",
        Swap("self.skipped | frozenset(range(self.run + 1, run))", "self.skipped"),
        "tests/dealers/test_publication.py::test_numbers_between_two_published_runs_are_skipped",
    ),
    Mutation(
        PUBLISHING,
        "publish-skips-numbers-between",
        Swap("self.skipped | frozenset(range(self.run + 1, run))", "self.skipped"),
        f"{HISTORIES}1_a_run_that_was_set_aside_is_never_read",
    ),
    Mutation(
        PUBLISHING,
        "publish-same-generation",
        Swap("!=", "<"),
        f"{HISTORIES}1_a_run_of_a_past_generation_is_refused",
    ),
    Mutation(
        PUBLISHING,
        "publish-writes-run",
        Swap("repo.write_run(job.scope, _published(run, summary, actor, job.now)),\n        ", ""),
        f"{HISTORIES}1_the_run_and_what_it_replaced_are_written_with_it",
    ),
    Mutation(
        PUBLISHING,
        "publish-conditions-generation",
        Swap(", PublishedRecord.generation == expected_generation", ""),
        f"{HISTORIES}1_two_decisions_at_once_are_one",
    ),
    Mutation(
        STAGING,
        "stage-only-while-staging",
        Swap("run.state is not RunState.STAGING or part", "part"),
        f"{HISTORIES}2_a_message_of_a_run_that_ended_writes_nothing",
        also=(("stage-rereads-state", Value("True")),),
    ),
    Mutation(
        STAGING,
        "stage-part-requires-staging",
        Swap(", repo.still_staging(job.scope, run.number)", ""),
        f"{HISTORIES}2_a_part_of_a_run_that_ended_meanwhile_is_not_done",
    ),
    Mutation(
        STAGING,
        "lease-fails-expired-run",
        Swap("    *_failing(job, lease.run),\n        ", ""),
        f"{HISTORIES}2_taking_over_fails_the_silent_run",
    ),
    Mutation(
        STAGING,
        "run-version-checked",
        Value("Put(record)"),
        f"{HISTORIES}2_only_a_staging_run_is_published",
    ),
    Mutation(
        SWEEPING,
        "stage-lists-changed-first",
        Swap(" changed", " not changed"),
        f"{HISTORIES}3_what_a_run_wrote_before_it_died_is_swept",
    ),
    Mutation(
        SWEEPING,
        "sweep-deletes-written",
        Swap(
            "(key for ref in accounts for key in ledger_repo.run_keys(scope, ref, run.number))", "sorted(accounts)[:0]"
        ),
        f"{HISTORIES}3_what_a_run_wrote_before_it_died_is_swept",
    ),
    Mutation(
        SWEEPING,
        "sweep-before-unskip",
        Swap("run.swept_at is not None and run.state", "run.state"),
        f"{HISTORIES}3_a_number_is_skipped_until_it_is_swept",
    ),
    Mutation(
        SWEEPING,
        "decidable-days",
        Swap("6", "60"),
        f"{HISTORIES}3_nobody_undoes_what_may_have_been_swept",
    ),
    Mutation(
        SWEEPING,
        "sweepable-days",
        Swap("7", "5"),
        f"{HISTORIES}3_until_the_sixth_day_everything_is_there",
    ),
    Mutation(
        SWEEPING,
        "sweep-visible-only",
        Swap("DEAD", "DEAD - {RunState.UNDONE}"),
        f"{HISTORIES}3_an_undone_run_supersedes_nothing",
        also=(
            ("sweep-dead-runs", Swap("run.state is RunState.PUBLISHED and current.shows(run.number)", "run.number")),
        ),
    ),
    Mutation(
        SWEEPING,
        "superseded-keeps-shared-pages",
        Swap("before_head.page_keys - now.page_keys", "before_head.page_keys"),
        "tests/ingest/test_kept_pages.py::test_a_page_stays_while_a_head_names_it",
    ),
    Mutation(
        SWEEPING,
        "sweep-deletes-run-files",
        Swap("==", ">"),
        f"{ENTITIES}nothing_of_an_undone_run_is_left",
    ),
    Mutation(
        SHARDS,
        "shard-rewritten-when-split",
        Swap("run.n != run.base.n or entries", "entries"),
        f"{HISTORIES}4_parts_double_and_each_shard_is_found",
    ),
    Mutation(
        SHARDS,
        "shard-split-by-hash",
        Value("entries"),
        f"{HISTORIES}4_parts_double_and_each_shard_is_found",
    ),
    Mutation(
        SHARDS,
        "shards-named-by-run",
        Swap("parts[part].shard_run for part in run.parts", "run.number for _ in parts"),
        f"{HISTORIES}4_parts_double_and_each_shard_is_found",
    ),
    Mutation(
        SHARDS,
        "parts-fit",
        Value("all(both)"),
        "tests/ingest/steps/test_spread_size.py::test_one_account_too_large_may_have_others_beside_it",
    ),
    Mutation(
        DIGESTS,
        "totals-count-unchanged",
        Drop(),
        f"{HISTORIES}5_unchanged_accounts_count_in_the_totals",
    ),
    Mutation(
        DIGESTS,
        "findings-empty-digest",
        Swap(' if not has_findings and absence not in again else ""', ""),
        f"{HISTORIES}5_a_finding_is_told_again",
    ),
    Mutation(
        DIGESTS,
        "digest-covers-header-and-rules",
        Swap("(VALIDATOR_VERSION, *lines)", "lines"),
        "tests/ccx/test_digest.py::test_header_rows_and_rules_matter",
    ),
    Mutation(
        DIGESTS,
        "fingerprint-rereads-multiline",
        Value("sums"),
        "tests/ingest/steps/test_fingerprint.py::test_a_record_within_a_text_is_none",
    ),
    Mutation(
        DIGESTS,
        "fingerprint-parses-quotes",
        Swap("2 or 0 <= quote < len(line) - len(cells[-1])", "2"),
        "tests/ingest/steps/test_fingerprint.py::test_a_quote_before_the_reference_is_read_properly",
    ),
    Mutation(
        DIGESTS,
        "unchanged-minds-other-accounts",
        Swap("entry.ref not in asked and _is_same", "_is_same"),
        "tests/ingest/test_remembered.py::test_a_master_that_vanishes_is_told_of_at_its_accounts",
    ),
    Mutation(
        DIGESTS,
        "unchanged-part-zero-last",
        Swap("(out.everything if index == 0 else named[index] <= tags.keys()", "named[index] <= tags.keys("),
        "tests/ingest/test_unchanged_parts.py::test_a_row_without_a_readable_account_is_told_of",
    ),
    Mutation(
        ABSENT,
        "archived-stays-listed",
        Swap(" outcome.entry", " outcome.entry and not outcome.entry.archived"),
        f"{HISTORIES}6_an_absent_account_stays_as_it_was",
    ),
    Mutation(
        ABSENT,
        "absence-needs-readable-rows",
        Swap("before.entry.archived or self._is_gone(lines)", "before.entry.archived"),
        f"{HISTORIES}6_an_absent_account_stays_as_it_was",
    ),
    Mutation(
        ABSENT,
        "no-figures-without-head",
        Swap("head is None or as_at", "as_at"),
        "tests/web/customer/test_transactions.py::test_an_account_that_no_export_has_named",
    ),
    Mutation(
        CURSORS,
        "cursor-reads-its-run",
        Swap("snapshot_ref.run", "current.run"),
        f"{HISTORIES}7_a_reader_goes_on_in_the_run_of_the_first_page",
    ),
    Mutation(
        CURSORS,
        "cursor-not-undone",
        Swap("published.run and self.run not in published.skipped", "published.run"),
        f"{HISTORIES}7_a_reader_of_an_undone_run_starts_again",
    ),
    Mutation(
        CURSORS,
        "cursor-kept-days",
        Swap("6", "60"),
        f"{HISTORIES}7_a_reader_of_a_week_ago_starts_again",
    ),
    Mutation(
        RESTING,
        "require-generation",
        Swap("ation =", "ation >"),
        f"{HISTORIES}8_a_write_that_rests_on_rows_is_refused_once_they_changed",
    ),
    Mutation(
        OBJECTS,
        "sweep-deletes-files",
        Swap("names.documents_prefix(run.number), names.lines_prefix", "names.lines_prefix"),
        f"{HISTORIES}9_documents_go_with_the_last_head_that_names_them",
    ),
    Mutation(
        OBJECTS,
        "replaced-documents-kept",
        Swap(" - named", ""),
        f"{HISTORIES}9_a_document_stays_while_a_head_names_it",
    ),
    Mutation(
        OBJECTS,
        "account-in-scope",
        Swap("ref not in", "not"),
        "tests/ledger/test_repo.py::test_another_s_account_is_not_found",
    ),
    Mutation(
        OBJECTS,
        "head-names-sheets",
        Swap("self.document_pages, *sheets", "self.document_pages"),
        f"{ENTITIES}a_year_that_did_not_change_keeps_its_page_and_the_sweeper_knows",
    ),
    Mutation(
        FIRST,
        "new-dealer-publishes-run-0",
        Drop(),
        f"{HISTORIES}10_a_new_dealer_has_run_0_and_undo_may_return_to_it",
    ),
    Mutation(
        WHOLE,
        "newest-head-below-published",
        Swap('HeadRecord.sk.between("HEAD#", _head_sk(run)', 'HeadRecord.sk.startswith("HEAD#"'),
        "tests/soak/test_whole_runs.py::test_every_page_is_of_one_whole_export",
    ),
    Mutation(
        WHOLE,
        "snapshot-says-it-is-older",
        Value("False"),
        "tests/web/customer/test_transactions.py::test_paging_stays_with_the_export_it_began_with",
    ),
)
