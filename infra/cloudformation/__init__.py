"""What the portal runs on, as CloudFormation templates in YAML, each entry with its reason where that is not plain.

`shared` is in the local AWS and on AWS alike, `aws_only` on AWS alone. `functions.yaml` is our own table, of which
infra.package makes the resources of each function. `edge.yaml` is a stack apart, in us-east-1.
"""
