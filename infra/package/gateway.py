"""API Gateway's own properties: its limits, and what it says by itself."""

from pathlib import Path
from typing import Any

NOT_FOUND = Path(__file__).parents[1] / "gateway" / "not_found.html"
_PAGES_PER_SECOND = 200
_PAGES_AT_ONCE = 400


def rest_api() -> dict[str, Any]:
    """Merged into the RestAPI that Chalice makes. Raises ValueError for a page that is a program to API Gateway."""
    page = NOT_FOUND.read_text()
    if "$" in page or "##" in page:
        raise ValueError(f"{NOT_FOUND.name} holds $ or ##, which mean something in a response template")
    return {
        "Properties": {
            "Name": {"Fn::Sub": "customer-connect-${Stage}"},
            "DefinitionBody": {"info": {"title": {"Fn::Sub": "customer-connect-${Stage}"}}},
            "MethodSettings": [
                {
                    "ResourcePath": "/*",
                    "HttpMethod": "*",
                    "ThrottlingRateLimit": _PAGES_PER_SECOND,
                    "ThrottlingBurstLimit": _PAGES_AT_ONCE,
                }
            ],
            "GatewayResponses": {
                "MISSING_AUTHENTICATION_TOKEN": _says(404, page, "We cannot find that page"),  # an unknown path
                "RESOURCE_NOT_FOUND": _says(404, page, "We cannot find that page"),
                "REQUEST_TOO_LARGE": _says(413, None, "That is more than we can take at once"),
                "THROTTLED": _says(429, None, "Too many requests at once: try again in a moment"),
                "DEFAULT_5XX": _says(None, None, "Something went wrong: try again in a moment"),
            },
        }
    }


def _says(status: int | None, page: str | None, sentence: str) -> dict[str, Any]:
    html = page or f'<!doctype html><html lang="en"><title>Customer Connect</title><p>{sentence}</p></html>'
    said: dict[str, Any] = {
        "ResponseTemplates": {"application/json": f'{{"message": "{sentence}"}}', "text/html": html},
        "ResponseParameters": {"Headers": {"Cache-Control": "'no-store'", "X-Content-Type-Options": "'nosniff'"}},
    }
    return {**said, "StatusCode": status} if status else said
