"""The emulators of AWS as child processes: ministack, and Amazon's DynamoDB Local where asked for."""

import shutil
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from infra.local.process import Child, LocalError, check_free, spawn
from infra.setup.paths import DYNAMODB_LOCAL, MINISTACK_ENV

MINISTACK = "ministack"
DYNAMODB = "dynamodb-local"
ENGINES = (MINISTACK, DYNAMODB)

_SERVICES = "s3,sqs,ses,sns,sts,iam,dynamodb,cloudformation"
_PATIENCE_SECONDS = 30
_JVM = (
    "-Xmx1g",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
)  # 1.2 s of CPU to start, not 2.2; a write 0.3, not 0.8 ms
_MIN_FREE_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LocalAws:
    """Which engine keeps the table, the ports on 127.0.0.1, and the folder that survives a restart."""

    engine: str
    port: int
    dynamodb_port: int
    state: Path

    @property
    def url(self) -> str:
        """An address, not a name, so that boto3 uses path-style bucket URLs."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def dynamodb_url(self) -> str:
        return f"http://127.0.0.1:{self.dynamodb_port}" if self.engine == DYNAMODB else self.url

    @property
    def objects(self) -> Path:
        """Where ministack keeps S3 objects."""
        return self.state / "s3"

    @property
    def has_saved_stack(self) -> bool:
        """Whether an earlier start provisioned this folder completely."""
        return (self.state / "aws" / "cloudformation.json").exists()


def start_ministack(
    local_aws: LocalAws, more: Mapping[str, str] | None = None, *, environment: Path = MINISTACK_ENV
) -> Child:
    """All services on one port. Returns when it answers. Raises LocalError. `more` overrides its variables.

    It unpacks each function into the folder for temporary files and leaves it there: so it has one of its own.
    """
    python = environment / "bin" / "python"
    if not python.exists():
        raise LocalError("The local AWS is not installed: `python3 infra/dev.py run` installs and starts it.")
    _prepare(local_aws)
    check_free(local_aws.port, "the local AWS")
    temporary = local_aws.state / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)  # of one that was killed
    temporary.mkdir()
    env = {
        "TMPDIR": str(temporary),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",  # else it listens for things on every address
        "GATEWAY_PORT": str(local_aws.port),
        "SERVICES": _SERVICES,
        "PERSIST_STATE": "1",
        "STATE_DIR": str(local_aws.state / "aws"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(local_aws.objects),
        "LAMBDA_EXECUTOR": "local",
        **(more or {}),
    }
    log = local_aws.state / "aws.log"
    child = spawn("the local AWS", [python, "-m", "ministack"], env=env, log=log, temporary=temporary)
    _wait_until_ready(child, f"{local_aws.url}/_ministack/ready")
    return child


def start_dynamodb(local_aws: LocalAws) -> Child:
    """Returns when it answers. Raises LocalError."""
    child = launch_dynamodb(local_aws)
    wait_for_dynamodb(local_aws, child)
    return child


def wait_for_dynamodb(local_aws: LocalAws, child: Child) -> None:
    """It answers with 400, since it was not asked for anything. Raises LocalError."""
    _wait_until_ready(child, local_aws.dynamodb_url)


def launch_dynamodb(local_aws: LocalAws) -> Child:
    """DynamoDB Local, not waited for: Java takes two seconds in which other things can start. Raises LocalError."""
    java = shutil.which("java")
    if java is None:
        raise LocalError("DynamoDB Local needs Java 17: install it (Debian: apt install openjdk-17-jre-headless).")
    if not any(DYNAMODB_LOCAL.glob("DynamoDBLocal-*.jar")):
        raise LocalError("DynamoDB Local is not installed: `python3 infra/dev.py run --db dynamodb-local` does it.")
    _prepare(local_aws)
    check_free(local_aws.dynamodb_port, "DynamoDB Local")
    data = local_aws.state / "dynamodb"
    data.mkdir(exist_ok=True)
    _write_ahead(data / "shared-local-instance.db")
    jvm = [java, *_JVM, f"-Djava.library.path={DYNAMODB_LOCAL}", "-cp", f"{DYNAMODB_LOCAL}/*"]
    main = "software.amazon.dynamodb.services.local.main.ServerRunner"
    options = ["-port", str(local_aws.dynamodb_port), "-sharedDb", "-dbPath", str(data), "-disableTelemetry"]
    return spawn("DynamoDB Local", [*jvm, main, *options], env={}, log=local_aws.state / "dynamodb.log")


def _write_ahead(database: Path) -> None:
    """Switch its SQLite file to write-ahead logging, which persists: one disk flush per commit instead of four."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def _prepare(local_aws: LocalAws) -> None:
    local_aws.state.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(local_aws.state).free
    if free < _MIN_FREE_BYTES:
        raise LocalError(f"The disk is full: {free // 2**20} MB are left under {local_aws.state}, 200 MB are needed.")


def _wait_until_ready(child: Child, url: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if child.has_ended:
            raise LocalError(f"{_sentence(child.name)} did not start: {child.last_log_line()}")
        if _status(url) in {200, 400}:
            return
        time.sleep(0.05)
    raise LocalError(f"{_sentence(child.name)} did not answer within {_PATIENCE_SECONDS} seconds; see {child.log}.")


def _status(url: str) -> int | None:
    try:
        with urlopen(url, timeout=2) as answer:
            status: int = answer.status
    except HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException):
        return None
    return status


def _sentence(name: str) -> str:
    return name[0].upper() + name[1:]
