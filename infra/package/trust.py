"""Whom in the account the data roles trust: the functions that assume them, and operators."""

from infra.cloudformation.loader import Json
from infra.package.functions import functions, role_name

_ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
_OF_OPERATORS = frozenset({"Operator", "Tenant", "Identity"})
_OPERATOR: Json = {"Fn::If": ["HasOperator", {"Ref": "OperatorPrincipalArn"}, {"Ref": "AWS::NoValue"}]}


def trusting(role: Json, kind: str) -> Json:
    """The data role `kind`, whose trust is narrowed to the principals that need it.

    By a condition: a principal in a policy must exist when the policy is written, and the functions' roles name this.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    trust = role["Properties"]["AssumeRolePolicyDocument"]
    narrowed = [
        {**each, "Condition": {**each.get("Condition", {}), "ArnLike": {"aws:PrincipalArn": principals(kind)}}}
        for each in trust["Statement"]
    ]
    return {**role, "Properties": {**role["Properties"], "AssumeRolePolicyDocument": {**trust, "Statement": narrowed}}}


def principals(kind: str) -> list[Json]:
    """The roles of the functions that assume `kind` (functions.yaml), and the operator where it is theirs too.

    One that every function assumes trusts them by how their names begin: a policy of trust takes 2,048 characters.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    known = functions()
    names = [role_name(name)["Fn::Sub"] for name, wanted in known.items() if kind in wanted["Assumes"]]
    if len(names) == len(known):
        names = [role_name("*")["Fn::Sub"]]
    found: list[Json] = [{"Fn::Sub": f"{_ROLE}{name}"} for name in names]
    return [*found, _OPERATOR] if kind in _OF_OPERATORS else found
