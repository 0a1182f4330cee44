"""A document on its way from a customer to staff, with the scanner's stand-in where AWS has GuardDuty."""

import threading

from infra.local.scanner import Scanner
from infra.rehearsal.deployment import Deployment

CONTENT = b"date;amount\r\n2024-06-01;120,50\r\n"


def scan(deployment: Deployment) -> int:
    """Tag what is in quarantine and tell the queue, with the deployer's rights. How many versions are there."""
    s3, sqs = deployment.client("s3"), deployment.client("sqs")
    bucket, queue = deployment.outputs["QuarantineBucket"], deployment.outputs["VerdictQueueUrl"]
    return Scanner(s3, sqs, bucket, queue, threading.Event()).scan()
