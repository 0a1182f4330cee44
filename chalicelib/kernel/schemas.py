"""How pydantic checks our values: a class's validator is built when it is first used, not when it is imported.

Building all of them is 35 ms of a cold start, and no page uses more than a few (docs/decisions/0006-cold-start.md).
"""

from pydantic import ConfigDict

DEFERRED = ConfigDict(defer_build=True)
STRICT = ConfigDict(defer_build=True, extra="forbid")
"""The same, for what is stored: a field that nobody knows is an error."""
