"""What every Lambda that reads a table pays at its start: boto3, and its client for DynamoDB."""

import boto3

boto3.client("dynamodb", region_name="us-east-1")
