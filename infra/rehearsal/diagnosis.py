"""Finds in the functions' logs why a step failed, and names what is missing."""

import json
import re
from collections.abc import Iterator

from infra.rehearsal.deployment import Deployment

_DENIED = re.compile(r"User: (\S+) is not authorized to perform: (\S+?)(?: on resource: (\S+?))?[\s.\"']")
_TEMPLATE = re.compile(r"TemplateNotFound: '?([^\s'\"\\]+)")
_MODULE = re.compile(r"(?:No module named|cannot import name) '?([\w.]+)")
_BAD = frozenset({"ERROR", "CRITICAL"})


def reasons(deployment: Deployment) -> list[str]:
    """Sentences, most telling first; empty if no function logged an error."""
    lines = list(_errors(deployment))
    absent = [
        f"{function}: the zip lacks the template {m[1]}" for function, text in lines if (m := _TEMPLATE.search(text))
    ]
    modules = [f"{function}: the zip lacks {m[1]}" for function, text in lines if (m := _MODULE.search(text))]
    others = [f"{function}: {_last(text)}" for function, text in lines]
    return list(dict.fromkeys([*denials(deployment), *absent, *modules, *others]))


def denials(deployment: Deployment) -> list[str]:
    """What a role was not allowed, also where the function logged it and went on."""
    return [
        f"{function}: {_principal(m[1])} may not {m[2]} on {m[3] or _not_allowed(deployment, m[1], m[2])}"
        for function, text in _errors(deployment)
        for m in _DENIED.finditer(text + " ")
    ]


def _errors(deployment: Deployment) -> Iterator[tuple[str, str]]:
    """Function and text of each logged error."""
    logs = deployment.client("logs")
    for group in logs.describe_log_groups(logGroupNamePrefix="/customer-connect/")["logGroups"]:
        name = group["logGroupName"]
        for event in logs.filter_log_events(logGroupName=name)["events"]:
            if text := _error(event["message"]):
                yield name.rsplit("/", 1)[-1], text


def _error(message: str) -> str:
    """What an event says of an error: our own are JSON with a level, Lambda's are plain tracebacks."""
    found = ""
    for line in message.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if isinstance(entry, dict) and (entry.get("level") in _BAD or "AccessDenied" in str(entry.get("reason"))):
            found += f"{entry.get('message')}: {entry.get('exception') or entry.get('reason') or ''}\n"
        elif entry is None and re.search(r"Traceback|Error\b|Exception", line):
            found += f"{line}\n"
    return found


def _not_allowed(deployment: Deployment, principal: str, action: str) -> str:
    """What a role's own policy leaves out, where the local AWS does not say it: of the roles that it might assume."""
    if action != "sts:AssumeRole":
        return "what it asked for"
    role = principal.split("/")[1]
    policy = deployment.client("iam").get_role_policy(RoleName=role, PolicyName="function")["PolicyDocument"]
    known = [arn for name, arn in deployment.outputs.items() if name.endswith("RoleArn")]
    return " or ".join(arn for arn in known if arn not in json.dumps(policy)) or "a role"


def _principal(arn: str) -> str:
    """`arn:aws:sts::0:assumed-role/customer-connect-prod-tenant/x` -> the role's name."""
    parts = arn.split("/")
    return f"the role {parts[1]}" if len(parts) > 1 else arn


def _last(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "an error")
