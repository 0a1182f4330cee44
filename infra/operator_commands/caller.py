"""Who runs the operator's commands: the user of this machine and, on a deployed portal, whom AWS knows them as."""

import os
import sys

from chalicelib import settings
from chalicelib.kernel.callers import Caller
from chalicelib.store import clients


def caller() -> Caller:
    """Raises what boto3 raises where AWS does not say."""
    if settings.load().stage == settings.LOCAL:
        return Caller(_os_user())
    # Tested control: operator-known-to-aws
    return Caller(_os_user(), clients.client("sts").get_caller_identity()["Arn"])


def _os_user() -> str:
    """By the process, not by its environment, which its user sets."""
    if sys.platform == "win32":
        return os.getlogin()
    import pwd  # not on Windows

    return pwd.getpwuid(os.getuid()).pw_name
