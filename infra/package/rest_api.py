"""Properties of the REST API: throttling, and the responses that API Gateway gives by itself."""

import json
from typing import Any

from infra.cloudformation.template import NOT_FOUND

_MAX_REQUESTS_PER_SECOND = 200
_MAX_BURST = 400
COMPRESSED_BYTES = 1024
"""Longer responses are compressed for clients that accept it. CSRF tokens are masked: chalicelib/http/csrf.py."""

_HEADERS = {
    "Cache-Control": "'no-store'",
    "Referrer-Policy": "'same-origin'",
    "Strict-Transport-Security": "'max-age=63072000; includeSubDomains'",
    "X-Content-Type-Options": "'nosniff'",
    "X-Frame-Options": "'DENY'",
}
"""A policy for content cannot stand here, for it has quotes inside: the distribution adds it (PagesHeaders)."""

_LOGGED = {
    "request": "$context.requestId",
    "time": "$context.requestTime",
    "method": "$context.httpMethod",
    # Never `$context.path`: links that are good once have their token in it.
    "route": "$context.resourcePath",
    "status": "$context.status",
    "answered": "$context.error.responseType",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "agent": "$context.identity.userAgent",
}
"""https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html"""


def rest_api() -> dict[str, Any]:
    """Merged into Chalice's RestAPI. Raises ValueError for a page that a response template would evaluate."""
    page = NOT_FOUND.read_text()
    if "$" in page or "##" in page:
        raise ValueError(f"{NOT_FOUND.name} holds $ or ##, which mean something in a response template")
    return {
        "DependsOn": ["ApiLogging"],
        "Properties": {
            "AccessLogSetting": {"DestinationArn": {"Fn::GetAtt": ["ApiLog", "Arn"]}, "Format": json.dumps(_LOGGED)},
            "Name": {"Fn::Sub": "customer-connect-${Stage}"},
            "MinimumCompressionSize": COMPRESSED_BYTES,
            "DefinitionBody": {"info": {"title": {"Fn::Sub": "customer-connect-${Stage}"}}},
            "MethodSettings": [
                {
                    "ResourcePath": "/*",
                    "HttpMethod": "*",
                    "ThrottlingRateLimit": _MAX_REQUESTS_PER_SECOND,
                    "ThrottlingBurstLimit": _MAX_BURST,
                }
            ],
            "GatewayResponses": {
                "MISSING_AUTHENTICATION_TOKEN": _page_response(404, page),  # an unknown path
                "RESOURCE_NOT_FOUND": _page_response(404, page),
                "REQUEST_TOO_LARGE": _sentence_response(413, "That is too large"),
                "THROTTLED": _sentence_response(429, "Too many requests at once: try again in a moment"),
                "DEFAULT_4XX": _sentence_response(None, "This request cannot be answered: check it and try again"),
                "DEFAULT_5XX": _sentence_response(None, "Something went wrong: try again in a moment"),
            },
        },
    }


def _page_response(status: int, page: str) -> dict[str, Any]:
    """The same page for JSON: whether API Gateway heeds a browser's Accept here is not documented."""
    headers = {**_HEADERS, "Content-Type": "'text/html; charset=utf-8'"}
    return {
        "StatusCode": status,
        "ResponseTemplates": {"application/json": page, "text/html": page},
        "ResponseParameters": {"Headers": headers},
    }


def _sentence_response(status: int | None, sentence: str) -> dict[str, Any]:
    """For upload clients as JSON, for browsers as HTML."""
    html = f'<!doctype html><html lang="en"><title>{sentence}</title><p>{sentence}</p></html>'
    response: dict[str, Any] = {
        "ResponseTemplates": {"application/json": f'{{"message": "{sentence}"}}', "text/html": html},
        "ResponseParameters": {"Headers": _HEADERS},
    }
    return {**response, "StatusCode": status} if status else response
