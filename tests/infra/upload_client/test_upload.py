"""The upload client, run as a dealer's computer runs it, against a portal and a storage that answer as told."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from infra.package import upload_program
from infra.upload_client import attempts, command, exits

NAME = "ccx_MOORBECK_20240605T061200Z_00000412.zip"
KEY = "ccx_a-key"


class Portal(ThreadingHTTPServer):
    """`answers` are given one by one: (status, body) for the portal's calls, a number for the storage's."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.begin: list[tuple[Any, ...]] = []
        self.storage: list[int] = []
        self.outcomes: list[tuple[int, Any]] = []
        self.seen: list[tuple[str, str]] = []
        self.stored = b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def decides(self, state: str, **more: Any) -> None:
        run = {"import": 1, "state": state, "sequence": 412, "rows": 11, "rejected": 2, "message": None, "reasons": []}
        self.outcomes.append((200, {"upload": {"state": more.pop("upload", "taken")}, "import": run | more}))


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers["Authorization"]))
        self.answer(*self.server.outcomes.pop(0))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, self.headers.get("Authorization", "")))
        if self.path == "/storage":
            self.server.stored = body
            self.answer(self.server.storage.pop(0) if self.server.storage else 201, {})
        elif self.server.begin:
            self.answer(*self.server.begin.pop(0))
        else:
            fields = {"key": "inbox/1", "policy": "signed"}
            self.answer(201, {"upload_id": "U1", "url": f"{self.server.url}/storage", "fields": fields})

    def answer(self, status: int, body: Any, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def portal() -> Iterator[Portal]:
    server = Portal()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    path = tmp_path / NAME
    path.write_bytes(b"PK" * 1000)
    return path


@pytest.fixture
def run(portal: Portal, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in this process, without its pauses; its exit code."""
    monkeypatch.setenv("CCX_PORTAL", portal.url)
    monkeypatch.setenv("CCX_KEY", KEY)
    monkeypatch.setattr(attempts, "PAUSE", 0)

    def call(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["upload.pyz", str(bundle), *arguments])
        return command.main()

    return call


def test_it_sends_the_file_waits_and_says_what_became_of_it(
    portal: Portal, bundle: Path, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    portal.outcomes.append((200, {"upload": {"state": "waiting"}, "import": None}))
    portal.decides("staging")
    portal.decides("published")
    assert run() == exits.APPLIED
    said = capsys.readouterr().out
    assert "Export 412: applied" in said
    assert "11 rows, 2 rejected" in said
    assert portal.stored.index(b'name="key"') < portal.stored.index(b'name="file"')
    assert bundle.read_bytes() in portal.stored
    assert portal.seen[0] == ("/api/v1/uploads", f"Bearer {KEY}")
    assert portal.seen[1] == ("/storage", "")
    assert portal.seen[2] == ("/api/v1/imports?upload=U1", f"Bearer {KEY}")


@pytest.mark.parametrize(
    ("state", "code"),
    [("published", 0), ("refused", 1), ("failed", 1), ("undone", 1), ("held", 2)],
)
def test_its_exit_code_is_the_decision(portal: Portal, run: Any, state: str, code: int) -> None:
    portal.decides(state, message="Because of that.", reasons=["One", "Two"])
    assert run() == code


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (
            {
                "code": "G401_ERRORS",
                "message": "Too many errors.",
                "reasons": ["Too many errors.", "Too few rows."],
                "reason_codes": ["G401_ERRORS", "G404_FEWER_ROWS"],
            },
            "Export 412: refused\n11 rows, 2 rejected\nG401_ERRORS: Too many errors.\nG404_FEWER_ROWS: Too few rows.\n",
        ),
        (
            {"sequence": None, "rows": None, "code": "B001_NOT_A_ZIP", "message": "No zip file."},
            "This file: refused\nB001_NOT_A_ZIP: No zip file.\n",
        ),
        ({"rows": None, "reasons": ["One"]}, "Export 412: refused\nOne\n"),
    ],
)
def test_it_says_each_reason_once_and_with_its_code(
    portal: Portal, run: Any, capsys: pytest.CaptureFixture[str], outcome: dict[str, Any], said: str
) -> None:
    portal.decides("refused", **outcome)
    assert run() == exits.REFUSED
    assert capsys.readouterr().out.partition("bytes\n")[2] == said


def test_an_empty_export_is_refused_before_it_is_sent(
    portal: Portal, bundle: Path, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle.write_bytes(b"")
    assert run() == exits.REFUSED
    assert "is empty. Make the export again. Nothing was sent." in capsys.readouterr().err
    assert portal.seen == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_key_file_may_be_as_windows_writes_it(portal: Portal, run: Any, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "key.txt").write_bytes(f"{KEY}\r\n".encode(encoding))
    portal.decides("published")
    assert run("--key-file", str(tmp_path / "key.txt")) == exits.APPLIED
    assert {key for _, key in portal.seen} == {f"Bearer {KEY}", ""}


@pytest.mark.parametrize("content", [b"\xff\xfex", b"caf\xe9", b"two words", b"PK\x03\x04"])
def test_what_is_no_key_is_one_sentence(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    (tmp_path / "key.txt").write_bytes(content)
    assert run("--key-file", str(tmp_path / "key.txt")) == exits.WRONG_USE
    assert "key" in capsys.readouterr().err


def test_the_same_export_again_is_no_failure(portal: Portal, run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    portal.decides("published", upload="same")
    assert run() == exits.APPLIED
    assert "the same export was there before" in capsys.readouterr().out


def test_a_busy_portal_and_a_lost_storage_are_tried_again(portal: Portal, run: Any) -> None:
    portal.begin += [(503, {}), (500, {})]
    portal.storage += [500, 503]
    portal.outcomes.append((502, {}))
    portal.decides("published")
    assert run() == exits.APPLIED


def test_it_gives_up_after_five_attempts(portal: Portal, run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    portal.storage += [500] * 5
    assert run() == exits.NOT_SENT
    assert "Run the same command again" in capsys.readouterr().err


def test_it_says_what_the_portal_objects_to(portal: Portal, run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    portal.begin.append((401, {"message": "This API key is not known."}))
    assert run() == exits.WRONG_USE
    assert capsys.readouterr().err == "This API key is not known.\n"
    portal.begin.append((422, {"code": "B010_BUNDLE_NAME", "message": "No name."}))
    assert run() == exits.WRONG_USE
    assert capsys.readouterr().err == "B010_BUNDLE_NAME: No name.\n"
    portal.begin.append((404, "no JSON object"))
    assert run() == exits.NOT_SENT


def test_it_waits_no_longer_than_told(portal: Portal, run: Any) -> None:
    portal.outcomes.append((200, {"upload": {"state": "waiting"}, "import": None}))
    assert run("--wait", "0") == exits.NOT_SENT


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CCX_KEY": ""}, "There is no API key"),
        ({"CCX_KEY_FILE": "/nowhere/at/all"}, "cannot be read"),
        ({"CCX_PORTAL": ""}, "https://"),
        ({"CCX_PORTAL": "http://portal.example"}, "https://"),
    ],
)
def test_wrong_use_is_one_sentence(
    run: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    variables: dict[str, str],
    said: str,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run() == exits.WRONG_USE
    assert said in capsys.readouterr().err


def test_it_runs_on_its_own_with_a_key_from_a_file(portal: Portal, bundle: Path, tmp_path: Path) -> None:
    program = str(upload_program.refresh())
    key = tmp_path / "key"
    key.write_text(KEY + "\n")
    portal.decides("published")
    done = subprocess.run(
        [sys.executable, "-I", "-S", program, str(bundle), "--portal", portal.url, "--key-file", str(key)],
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    missing = subprocess.run(
        [sys.executable, "-I", "-S", program, "no-such-file.zip"],
        env={"CCX_PORTAL": portal.url, "CCX_KEY": KEY},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert (missing.returncode, missing.stderr) == (exits.WRONG_USE, "There is no file no-such-file.zip\n")


def test_a_key_is_tested_without_sending_anything(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CCX_PORTAL", portal.url)
    monkeypatch.setenv("CCX_KEY", KEY)
    monkeypatch.setattr(sys, "argv", ["upload.pyz", "--check"])
    portal.outcomes = [(200, {"imports": []}), (401, {"message": "This API key is not known."})]
    assert command.main() == exits.APPLIED
    assert "knows this key" in capsys.readouterr().out
    assert command.main() == exits.WRONG_USE
    assert "This API key is not known" in capsys.readouterr().err
    assert [path for path, _ in portal.seen] == ["/api/v1/imports"] * 2
    monkeypatch.setattr(sys, "argv", ["upload.pyz"])
    assert command.main() == exits.WRONG_USE


def test_a_limit_that_says_when_it_ends_is_told_and_not_tried_again(
    portal: Portal, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    full = {"message": "25 uploads were started in the last hour. Or try again in 12 minutes.", "fields": {}}
    portal.begin.append((429, full, {"Retry-After": "700"}))
    assert run() == exits.NOT_SENT
    assert "try again in 12 minutes" in capsys.readouterr().err
    assert len(portal.seen) == 1


def test_a_busy_portal_is_tried_again(portal: Portal, run: Any) -> None:
    portal.begin.append((429, {"message": "Limit Exceeded"}))
    portal.decides("published")
    assert run() == exits.APPLIED
