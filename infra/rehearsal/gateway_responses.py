"""Sets the gateway responses of the deployed API, which ministack does not read from its definition."""

import json
from typing import Any


def put_gateway_responses(client: Any, api: str, template: str) -> None:
    """Give the API the gateway responses of a packaged template, and redeploy its stage."""
    properties = json.loads(template)["Resources"]["RestAPI"]["Properties"]
    for kind, said in properties["GatewayResponses"].items():
        headers = said["ResponseParameters"]["Headers"]
        status = {"statusCode": str(said["StatusCode"])} if "StatusCode" in said else {}
        client.put_gateway_response(
            restApiId=api,
            responseType=kind,
            responseTemplates=said["ResponseTemplates"],
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            **status,
        )
    client.create_deployment(restApiId=api, stageName=properties["StageName"])
