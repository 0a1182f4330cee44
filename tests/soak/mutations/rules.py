"""The ten rules that keep a published run whole, each taken out."""

from tests.soak.mutations.model import Removal

HISTORIES = "tests/soak/test_rules.py::test_rule_"
ENTITIES = "tests/ingest/test_entities.py::test_"

PUBLISHING = "Rule 1: publish, approval and undo are one transaction, on the generation the run was opened on"
STAGING = "Rule 2: only a staging run writes, and taking over an expired lease fails the silent one"
SWEEPING = "Rule 3: a number is skipped until all of the run is swept; nobody undoes what may have been swept"
SLICES = "Rule 4: PUBLISHED names each slice's run, and a part and its slice hold the same accounts"
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

RULES: tuple[Removal, ...] = (
    Removal(
        PUBLISHING,
        PUBLISHED,
        "skipped=self.skipped | frozenset(range(self.run + 1, run))",
        "skipped=self.skipped",
        "tests/dealers/test_publication.py::test_numbers_between_two_published_runs_are_skipped",
    ),
    Removal(
        PUBLISHING,
        PUBLISHED,
        "skipped=self.skipped | frozenset(range(self.run + 1, run))",
        "skipped=self.skipped",
        f"{HISTORIES}1_a_run_that_was_set_aside_is_never_read",
    ),
    Removal(
        PUBLISHING,
        "chalicelib/ingest/steps/publish.py",
        "if current.generation != run.base.generation:",
        "if current.generation < run.base.generation:",
        f"{HISTORIES}1_a_run_of_a_past_generation_is_refused",
    ),
    Removal(
        PUBLISHING,
        "chalicelib/ingest/steps/publish.py",
        "                repo.write_run(job.scope, done),\n",
        "",
        f"{HISTORIES}1_the_run_and_what_it_replaced_are_written_with_it",
    ),
    Removal(
        PUBLISHING,
        "chalicelib/dealers/repo.py",
        "return Put(_published_record(scope, new), PublishedRecord.generation == expected_generation)",
        "return Put(_published_record(scope, new))",
        f"{HISTORIES}1_two_decisions_at_once_are_one",
    ),
    Removal(
        STAGING,
        STAGE,
        "if run is None or run.state is not RunState.STAGING or part not in run.parts:",
        "if run is None or part not in run.parts:",
        f"{HISTORIES}2_a_message_of_a_run_that_ended_writes_nothing",
        also=(("return run is not None and run.state is RunState.STAGING", "return True"),),
    ),
    Removal(
        STAGING,
        STAGE,
        "[repo.write_part(job.scope, run.number, part), repo.still_staging(job.scope, run.number)]",
        "[repo.write_part(job.scope, run.number, part)]",
        f"{HISTORIES}2_a_part_of_a_run_that_ended_meanwhile_is_not_done",
    ),
    Removal(
        STAGING,
        "chalicelib/ingest/leases.py",
        "            *_failing(job, lease.run),\n",
        "",
        f"{HISTORIES}2_taking_over_fails_the_silent_run",
    ),
    Removal(
        STAGING,
        "chalicelib/ingest/repo.py",
        "    return _put(record, run.version)\n\n\ndef still_staging",
        "    return Put(record)\n\n\ndef still_staging",
        f"{HISTORIES}2_only_a_staging_run_is_published",
    ),
    Removal(
        SWEEPING,
        STAGE,
        "        if changed:  # the sweeper",
        "        if not changed:  # the sweeper",
        f"{HISTORIES}3_what_a_run_wrote_before_it_died_is_swept",
    ),
    Removal(
        SWEEPING,
        SWEEP,
        "(key for ref in accounts for key in ledger_repo.run_keys(scope, ref, run.number))",
        "sorted(accounts)[:0]",
        f"{HISTORIES}3_what_a_run_wrote_before_it_died_is_swept",
    ),
    Removal(
        SWEEPING,
        SWEEP,
        "run.swept_at is not None and run.state in DEAD",
        "run.state in DEAD",
        f"{HISTORIES}3_a_number_is_skipped_until_it_is_swept",
    ),
    Removal(
        SWEEPING,
        "chalicelib/ingest/model.py",
        "DECIDABLE = timedelta(days=6)",
        "DECIDABLE = timedelta(days=60)",
        f"{HISTORIES}3_nobody_undoes_what_may_have_been_swept",
    ),
    Removal(
        SWEEPING,
        "chalicelib/ingest/model.py",
        "SWEEPABLE = timedelta(days=7)",
        "SWEEPABLE = timedelta(days=5)",
        f"{HISTORIES}3_until_the_sixth_day_everything_is_there",
    ),
    Removal(
        SWEEPING,
        SWEEP,
        "    if run.state in DEAD:\n        if not",
        "    if run.state in DEAD - {RunState.UNDONE}:\n        if not",
        f"{HISTORIES}3_an_undone_run_supersedes_nothing",
        also=(("run.state is RunState.PUBLISHED and current.shows(run.number):", "run.number:"),),
    ),
    Removal(
        SWEEPING,
        "chalicelib/ledger/repo.py",
        "sorted(was.page_keys - now.page_keys)",
        "sorted(was.page_keys)",
        "tests/ingest/test_kept_pages.py::test_a_page_stays_while_a_head_names_it",
    ),
    Removal(
        SWEEPING,
        SWEEP,
        "        if sheet.run == run.number:\n",
        "        if sheet.run > run.number:\n",
        f"{ENTITIES}nothing_of_an_undone_run_is_left",
    ),
    Removal(
        SLICES,
        STAGE,
        "if run.n != run.base.n or entries != sorted(self._old.values()):",
        "if entries != sorted(self._old.values()):",
        f"{HISTORIES}4_parts_double_and_each_slice_is_found",
    ),
    Removal(
        SLICES,
        STAGE,
        "return [entry for entry in entries if directory.slice_of(entry.ref, n) == self._part]",
        "return entries",
        f"{HISTORIES}4_parts_double_and_each_slice_is_found",
    ),
    Removal(
        SLICES,
        "chalicelib/ingest/steps/publish.py",
        "slices=tuple(parts[part].slice_run for part in run.parts),",
        "slices=tuple(run.number for _ in parts),",
        f"{HISTORIES}4_parts_double_and_each_slice_is_found",
    ),
    Removal(
        SLICES,
        "chalicelib/ingest/steps/spread.py",
        "return all(rows - (one if one > MAX_ROWS else 0) <= MAX_ROWS for rows, one in both)",
        "return all(both)",
        "tests/ingest/steps/test_spread_size.py::test_one_account_too_large_may_have_others_beside_it",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ingest/steps/part_summary.py",
        "sums[name, column, entry.currency] += amount",
        "pass",
        f"{HISTORIES}5_unchanged_accounts_count_in_the_totals",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ingest/steps/digests.py",
        'digests[absence] if clean and absence not in again else ""',
        "digests[absence]",
        f"{HISTORIES}5_a_finding_is_told_again",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ccx/digest.py",
        '"\\n".join((VALIDATOR_VERSION, *lines))',
        '"\\n".join(lines)',
        "tests/ccx/test_digest.py::test_header_rows_and_rules_matter",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ingest/steps/fingerprint.py",
        "return sums if rows == bundle.rows(entity) else _by_record(bundle, entity)",
        "return sums",
        "tests/ingest/steps/test_fingerprint.py::test_a_record_within_a_text_is_none",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ingest/steps/fingerprint.py",
        "if len(cells) < at + 2 or 0 <= quote < len(line) - len(cells[-1]):",
        "if len(cells) < at + 2:",
        "tests/ingest/steps/test_fingerprint.py::test_a_quote_before_the_reference_is_read_properly",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ingest/steps/unchanged.py",
        "if entry.ref not in asked and _is_same(",
        "if _is_same(",
        "tests/ingest/test_remembered.py::test_a_master_that_vanishes_is_told_of_at_its_accounts",
    ),
    Removal(
        DIGESTS,
        "chalicelib/ingest/steps/unchanged.py",
        "(out.everything if index == 0 else named[index] <= tags.keys())",
        "named[index] <= tags.keys()",
        "tests/ingest/test_unchanged_parts.py::test_a_row_without_a_readable_account_is_told_of",
    ),
    Removal(
        ABSENT,
        STAGE,
        "            if outcome.entry:\n",
        "            if outcome.entry and not outcome.entry.archived:\n",
        f"{HISTORIES}6_an_absent_account_stays_as_it_was",
    ),
    Removal(
        ABSENT,
        "chalicelib/ingest/steps/account.py",
        "archived = before.entry.archived or self._is_gone(lines)",
        "archived = before.entry.archived",
        f"{HISTORIES}6_an_absent_account_stays_as_it_was",
    ),
    Removal(
        ABSENT,
        QUERIES,
        "if head is None or as_at is None:",
        "if as_at is None:",
        "tests/web/customer/test_transactions.py::test_an_account_that_no_export_has_named",
    ),
    Removal(
        CURSORS,
        QUERIES,
        "head = repo.read_head(scope, ref, run=as_of.run, skipped=current.skipped)",
        "head = repo.read_head(scope, ref, run=current.run, skipped=current.skipped)",
        f"{HISTORIES}7_a_reader_goes_on_in_the_run_of_the_first_page",
    ),
    Removal(
        CURSORS,
        SNAPSHOT,
        "return recent and self.run < published.run and self.run not in published.skipped",
        "return recent and self.run < published.run",
        f"{HISTORIES}7_a_reader_of_an_undone_run_starts_again",
    ),
    Removal(
        CURSORS,
        SNAPSHOT,
        "KEPT_FOR = timedelta(days=6)",
        "KEPT_FOR = timedelta(days=60)",
        f"{HISTORIES}7_a_reader_of_a_week_ago_starts_again",
    ),
    Removal(
        RESTING,
        "chalicelib/dealers/repo.py",
        "condition = PublishedRecord.generation == generation",
        "condition = PublishedRecord.generation >= generation",
        f"{HISTORIES}8_a_write_that_rests_on_rows_is_refused_once_they_changed",
    ),
    Removal(
        OBJECTS,
        SWEEP,
        "for prefix in (names.documents_prefix(run.number), names.lines_prefix(run.number),",
        "for prefix in (names.lines_prefix(run.number),",
        f"{HISTORIES}9_documents_go_with_the_last_head_that_names_them",
    ),
    Removal(
        OBJECTS,
        "chalicelib/ledger/repo.py",
        "for entry in read_documents(scope, was)} - named",
        "for entry in read_documents(scope, was)}",
        f"{HISTORIES}9_a_document_stays_while_a_head_names_it",
    ),
    Removal(
        OBJECTS,
        "chalicelib/store/record.py",
        "if isinstance(scope, CustomerScope) and ref not in scope.account_refs:",
        "if isinstance(scope, CustomerScope) and not scope.account_refs:",
        "tests/ledger/test_repo.py::test_another_s_account_is_not_found",
    ),
    Removal(
        OBJECTS,
        "chalicelib/ledger/model.py",
        "*self.document_pages, *sheets))",
        "*self.document_pages))",
        f"{ENTITIES}a_year_that_did_not_change_keeps_its_page_and_the_sweeper_knows",
    ),
    Removal(
        FIRST,
        "chalicelib/dealers/repo.py",
        "        t.put(_published_record(scope, Published()), PublishedRecord.pk.does_not_exist())\n",
        "",
        f"{HISTORIES}10_a_new_dealer_has_run_0_and_undo_may_return_to_it",
    ),
    Removal(
        WHOLE,
        "chalicelib/ledger/repo.py",
        'HeadRecord.sk.between("HEAD#", _head_sk(run)),',
        'HeadRecord.sk.startswith("HEAD#"),',
        "tests/soak/test_whole_runs.py::test_every_page_is_of_one_whole_export",
    ),
    Removal(
        WHOLE,
        SNAPSHOT,
        "return self.as_of is not None and self.as_of.run != self.published.run",
        "return False",
        "tests/web/customer/test_transactions.py::test_paging_stays_with_the_export_it_began_with",
    ),
)
