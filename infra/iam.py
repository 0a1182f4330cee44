"""As much of IAM's policy language as our four data roles use. Anything else in a policy raises."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Context = Mapping[str, Sequence[str]]
Match = Callable[[str, str, Context], bool]

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Access:
    """One thing a call wants to do: `action` such as dynamodb:Query on the ARN `resource`, with its condition keys."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


def allows(document: Mapping[str, Any], access: Access) -> bool:
    """Whether a resolved policy document lets `access` through. Raises ValueError on terms that are unknown here."""
    effects = {s["Effect"] for s in document["Statement"] if _applies(s, access)}
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], access: Access) -> bool:
    if unknown := statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        msg = f"policy elements not understood: {sorted(unknown)}"
        raise ValueError(msg)
    return (
        any(_like(a.lower(), access.action.lower(), {}) for a in _several(statement["Action"]))
        and any(_like(r, access.resource, access.context) for r in _several(statement["Resource"]))
        and all(_holds(op, terms, access.context) for op, terms in statement.get("Condition", {}).items())
    )


def _holds(operator: str, terms: Mapping[str, Any], context: Context) -> bool:
    """Every term of one condition operator. `ForAllValues` is true for an absent key, as in IAM; the others are not."""
    qualifier, _, plain = operator.rpartition(":")
    match = _MATCHES.get(plain) if qualifier in {"", "ForAllValues", "ForAnyValue"} else None
    quantity = any if qualifier == "ForAnyValue" else all
    if match is None:
        msg = f"policy condition not understood: {operator}"
        raise ValueError(msg)
    return all(
        (qualifier == "ForAllValues" or key in context)
        and quantity(any(match(p, value, context) for p in _several(patterns)) for value in context.get(key, ()))
        for key, patterns in terms.items()
    )


def _like(pattern: str, value: str, context: Context) -> bool:
    """`*` and `?` match as in IAM; a policy variable stands for its text, wildcards in which mean nothing."""
    out, at = "", 0
    for variable in _VARIABLE.finditer(pattern):
        known = context.get(variable[1])
        if not known:
            return False
        out += _wildcards(pattern[at : variable.start()]) + re.escape(known[0])
        at = variable.end()
    return re.fullmatch(out + _wildcards(pattern[at:]), value, re.DOTALL) is not None


def _equal(pattern: str, value: str, _context: Context) -> bool:
    return pattern == value


def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def _several(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


_MATCHES: dict[str, Match] = {"StringLike": _like, "StringEquals": _equal}
