"""Import-linter contracts of our own: records are their repo's business, and some code runs on Python alone."""

import re
import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

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


class StandardLibraryContract(Contract):
    """`modules` and all in them import, directly or not, nothing but each other, Python's library and `allowed`."""

    type_name = "standard_library"

    modules: Any = fields.ListField(subfield=fields.StringField())
    allowed: Any = fields.SetField(subfield=fields.StringField(), required=False, default=set())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - import-linter's words
        """Kept when there is no other package; else `wrong` lists the way to each."""
        known = {*sys.stdlib_module_names, *self.session_options["root_packages"], *self.allowed}
        wrong = [
            graph.find_shortest_chain(importer=module, imported=foreign, as_packages=True)
            for module in self.modules
            for foreign in sorted(graph.find_upstream_modules(module, as_package=True))
            if foreign.partition(".")[0] not in known
        ]
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for chain in check.metadata["wrong"]:
            output.print_error(f"{' -> '.join(chain)}: a dealer's machine has Python alone", bold=False)
