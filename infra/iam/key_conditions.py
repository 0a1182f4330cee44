"""Reads a DynamoDB key condition: which value the partition key must equal."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*(<=|>=|[=<>(),]|[#:]?[A-Za-z0-9_.\-]+)")


class UnreadableConditionError(ValueError):
    """Not a condition that fixes a partition key, as far as we can read it."""


def partition_value(params: Mapping[str, Any], partition_key: str = "pk") -> str:
    """The string that a Query's KeyConditionExpression fixes `partition_key` to. Raises UnreadableConditionError."""
    names: Mapping[str, str] = params.get("ExpressionAttributeNames") or {}
    values: Mapping[str, Mapping[str, str]] = params.get("ExpressionAttributeValues") or {}
    found = [
        values.get(operand, {}).get("S")
        for name, operator, operand in _terms(params.get("KeyConditionExpression") or "")
        if names.get(name, name) == partition_key and operator == "="
    ]
    if len(found) != 1 or found[0] is None:
        msg = f"no single {partition_key} in {params.get('KeyConditionExpression')!r}"
        raise UnreadableConditionError(msg)
    return found[0]


def _terms(expression: str) -> Iterator[tuple[str, str, str]]:
    """(name, operator, first operand) of each term: `a = :b`, `a BETWEEN :b AND :c`, `begins_with(a, :b)`, ANDed."""
    tokens = [t for t in _tokens(expression) if t not in "(),"]
    yield _next_term(tokens)
    while tokens:
        if tokens.pop(0).upper() != "AND":
            msg = f"only AND joins key conditions: {expression!r}"
            raise UnreadableConditionError(msg)
        yield _next_term(tokens)


def _next_term(tokens: list[str]) -> tuple[str, str, str]:
    try:
        if tokens[0].lower() == "begins_with":
            operator, name, operand = (tokens.pop(0) for _ in range(3))
            return name, operator, operand
        name, operator, operand = (tokens.pop(0) for _ in range(3))
        if operator.upper() == "BETWEEN":
            del tokens[0:2]
        return name, operator, operand
    except (IndexError, ValueError, RuntimeError):
        msg = "a key condition ends too soon"
        raise UnreadableConditionError(msg) from None


def _tokens(expression: str) -> Iterator[str]:
    at = 0
    while at < len(expression.rstrip()):
        token = _TOKEN.match(expression, at)
        if token is None:
            msg = f"cannot read the key condition {expression!r}"
            raise UnreadableConditionError(msg)
        yield token[1]
        at = token.end()
