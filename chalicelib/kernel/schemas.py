"""How pydantic checks our values: a class's validator is built when it is first used, not when it is imported.

Building all of them is 35 ms of a cold start, and no page uses more than a few (docs/decisions/0006-cold-start.md).
"""

from typing import Any

from pydantic import ConfigDict, TypeAdapter
from typing_extensions import TypeAliasType

DEFERRED = ConfigDict(defer_build=True, hide_input_in_errors=True)
"""An error names the field and never its value, which may be somebody's: errors are logged."""
STRICT = ConfigDict(defer_build=True, extra="forbid", hide_input_in_errors=True)
"""The same, for what is stored: a field that nobody knows is an error."""
STRICT_SETTINGS = ConfigDict(defer_build=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)
"""The same, for settings that people choose."""


def adapter(kind: Any) -> TypeAdapter[Any]:
    """Checks and writes values of a type, and hides its input as well.

    pydantic asks the outermost type alone whether to hide it, and ignores what a dataclass's adapter is told, but not
    what an alias's is.
    """
    alias: Any = TypeAliasType("Stored", kind)
    return TypeAdapter(alias, config=DEFERRED)
