"""API Gateway's own properties: its limits, and what it says by itself."""

from typing import Any

from infra.cloudformation.template import NOT_FOUND

_PAGES_PER_SECOND = 200
_PAGES_AT_ONCE = 400
_HEADERS = {"Cache-Control": "'no-store'", "X-Content-Type-Options": "'nosniff'"}


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
                "MISSING_AUTHENTICATION_TOKEN": _shows(404, page),  # an unknown path
                "RESOURCE_NOT_FOUND": _shows(404, page),
                "REQUEST_TOO_LARGE": _says(413, "That is more than we can take at once"),
                "THROTTLED": _says(429, "Too many requests at once: try again in a moment"),
                "DEFAULT_5XX": _says(None, "Something went wrong: try again in a moment"),
            },
        }
    }


def _shows(status: int, page: str) -> dict[str, Any]:
    """A page for whoever asks: it is nowhere written whether API Gateway heeds a browser's Accept here."""
    headers = {**_HEADERS, "Content-Type": "'text/html; charset=utf-8'"}
    return {
        "StatusCode": status,
        "ResponseTemplates": {"application/json": page, "text/html": page},
        "ResponseParameters": {"Headers": headers},
    }


def _says(status: int | None, sentence: str) -> dict[str, Any]:
    """A sentence, which the dealers' agents read too."""
    html = f'<!doctype html><html lang="en"><title>Customer Connect</title><p>{sentence}</p></html>'
    said: dict[str, Any] = {
        "ResponseTemplates": {"application/json": f'{{"message": "{sentence}"}}', "text/html": html},
        "ResponseParameters": {"Headers": _HEADERS},
    }
    return {**said, "StatusCode": status} if status else said
