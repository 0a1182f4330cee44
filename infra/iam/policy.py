"""As much of IAM's policy language as our six data roles use. Anything else in a policy raises.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

Context = Mapping[str, Sequence[str]]
Matcher = Callable[[str, str, Context], bool]

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What IAM is asked: `action`, such as dynamodb:Query, on the ARN `resource`; `context` are its condition keys."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


def allows(document: Mapping[str, Any], request: AccessRequest) -> bool:
    """Whether a resolved policy document allows `request`. Raises ValueError on terms that are unknown here."""
    effects = {s["Effect"] for s in document["Statement"] if _applies(s, request)}
    return effects == {"Allow"}


def _applies(statement: Mapping[str, Any], request: AccessRequest) -> bool:
    if unknown := statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}:
        msg = f"policy elements not understood: {sorted(unknown)}"
        raise ValueError(msg)
    return (
        any(_string_like(a.lower(), request.action.lower(), {}) for a in _as_list(statement["Action"]))
        and any(_string_like(r, request.resource, request.context) for r in _as_list(statement["Resource"]))
        and all(_condition_holds(op, terms, request.context) for op, terms in statement.get("Condition", {}).items())
    )


def _condition_holds(operator: str, terms: Mapping[str, Any], context: Context) -> bool:
    """Whether every key of one condition operator fits. As in IAM, only `ForAllValues` is true for an absent key."""
    if operator == "Null":
        return all((key not in context) == _is_true(wanted) for key, wanted in terms.items())
    qualifier, _, plain = operator.rpartition(":")
    matcher = _MATCHERS.get(plain) if qualifier in {"", "ForAllValues", "ForAnyValue"} else None
    quantity = any if qualifier == "ForAnyValue" else all
    if matcher is None:
        msg = f"policy condition not understood: {operator}"
        raise ValueError(msg)
    return all(
        (qualifier == "ForAllValues" or key in context)
        and quantity(any(matcher(p, value, context) for p in _as_list(patterns)) for value in context.get(key, ()))
        for key, patterns in terms.items()
    )


def _string_like(pattern: str, value: str, context: Context) -> bool:
    """`*` and `?` match as in IAM; a policy variable stands for its text, wildcards in which mean nothing."""
    if "${" not in pattern:
        return _matches(pattern, value)
    out, at = "", 0
    for variable in _VARIABLE.finditer(pattern):
        known = context.get(variable[1])
        if not known:
            return False
        out += _wildcards(pattern[at : variable.start()]) + re.escape(known[0])
        at = variable.end()
    return re.fullmatch(out + _wildcards(pattern[at:]), value, re.DOTALL) is not None


@lru_cache(maxsize=10_000)
def _matches(pattern: str, value: str) -> bool:
    return re.fullmatch(_wildcards(pattern), value, re.DOTALL) is not None


def _is_true(wanted: str) -> bool:
    if wanted not in {"true", "false"}:
        msg = f"policy condition not understood: Null {wanted!r}"
        raise ValueError(msg)
    return wanted == "true"


def _string_equals(pattern: str, value: str, _context: Context) -> bool:
    return pattern == value


@lru_cache(maxsize=1_000)
def _wildcards(text: str) -> str:
    return re.escape(text).replace(r"\*", ".*").replace(r"\?", ".")


def _as_list(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


_MATCHERS: dict[str, Matcher] = {"StringLike": _string_like, "StringEquals": _string_equals}
