"""An import-linter contract of our own: a slice's records are its repo's business."""

import re

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

RECORDS = re.compile(r"(?P<slice>chalicelib\..+)\.(?P<part>(\w+_)?)records")


class OwnRecordsContract(Contract):
    """`x.records` is imported by `x.repo` (or modules in it) and by nothing else; so `x.y_records` by `x.y_repo`."""

    type_name = "own_records"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - import-linter's words
        """Kept when no other module imports records; else `wrong` lists (importer, records)."""
        wrong = [
            (importer, records)
            for records in sorted(graph.modules)
            if (found := RECORDS.fullmatch(records))
            for importer in sorted(graph.find_modules_that_directly_import(records))
            if not re.fullmatch(re.escape(f"{found['slice']}.{found['part']}repo") + r"(\..+)?", importer)
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, records in check.metadata["wrong"]:
            output.print_error(f"{importer} imports {records}: ask that slice's repo instead", bold=False)
