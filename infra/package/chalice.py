"""Has Chalice pack a project folder and write its template, ours merged in."""

from pathlib import Path

from infra.setup import lambda_python
from infra.setup.shell import call

REGION = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": "/dev/null"}
"""Chalice asks for one even where it calls nobody. The template says ${AWS::Region}."""


def pack(project: Path, merged: Path, stage: str, out: Path) -> None:
    """Write deployment.zip and sam.json into `out`. Raises SetupError."""
    program = (lambda_python.python().with_name("chalice"), "--project-dir", project)
    how = ("--stage", stage, "--merge-template", merged, "--template-format", "json")
    call("Packing", (*program, "package", *how, out), env=REGION)
