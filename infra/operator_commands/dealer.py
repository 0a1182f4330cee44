"""The dealer that the operator's commands name by its code."""

from chalicelib.dealers import queries as dealers
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import OperatorScope


def dealer_with_code(code: str, *, actor: str) -> str:
    """Its id. Raises NotFoundError, which names the code."""
    found = dealers.by_code(OperatorScope(actor), code)
    if found is None:
        raise NotFoundError(f"There is no dealer with the code {code}")
    return found
