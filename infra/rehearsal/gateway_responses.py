"""Sets the gateway responses of the deployed API, which ministack does not read from its definition."""

import json
from typing import Any


def put_gateway_responses(client: Any, api: str, template: str) -> None:
    """Give the API the gateway responses of a packaged template, and redeploy its stage."""
    properties = json.loads(template)["Resources"]["RestAPI"]["Properties"]
    for kind, response in properties["GatewayResponses"].items():
        headers = response["ResponseParameters"]["Headers"]
        status = {"statusCode": str(response["StatusCode"])} if "StatusCode" in response else {}
        client.put_gateway_response(
            restApiId=api,
            responseType=kind,
            responseTemplates=response["ResponseTemplates"],
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            **status,
        )
    client.create_deployment(restApiId=api, stageName=properties["StageName"])
