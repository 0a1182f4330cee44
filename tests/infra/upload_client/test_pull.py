"""upload.pyz --pull against a portal with a feed: each item is in one file once, wherever the program is stopped."""

import csv
import json
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.upload_client import attempts, command, exits, pulling

KEY = "ccx_a-key"


class Portal(ThreadingHTTPServer):
    """Items leave `waiting` by their acknowledgement. `lost` replies are not sent, though what they answer is done."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.taker = "program"
        self.waiting: list[dict[str, Any]] = []
        self.states: dict[str, str] = {}
        self.lost = 0
        self.contents: dict[str, tuple[str, bytes]] = {}
        self.cut = 0
        self.seen: list[str] = []

    def wrote(self, *ids: str, kind: str = "invitation_accepted", **data: str) -> None:
        for one in ids:
            item = {"id": one, "kind": kind, "version": 1, "at": "2024-06-05T09:00:00+00:00"}
            about = {"account_ref": "1200", "account_name": "Mr A L Barlow", "data": data or {"email": f"{one}@farm"}}
            self.waiting.append(item | about)

    def received(self, item: str, name: str, data: bytes) -> None:
        """A document that waits, with its file."""
        self.wrote(item, kind="document", purpose="order", file_name=name)
        self.contents[item] = name, data

    def feed(self) -> dict[str, Any]:
        return {"taker": self.taker, "items": self.waiting[:40], "next": None}

    def settle(self, ids: list[str], state: str) -> dict[str, Any]:
        for item in [item for item in self.waiting if item["id"] in ids]:
            self.waiting.remove(item)
            self.states[item["id"]] = state
        return {"items": [{"id": one, "state": self.states.get(one, "unknown")} for one in ids]}


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        if self.path.startswith("/api/v1/documents/"):
            self.content(self.path.split("/")[4])
        elif self.path.startswith("/storage/"):
            self.file(self.path.rpartition("/")[2])
        else:
            self.answer(self.server.feed())

    def content(self, item: str) -> None:
        if item not in self.server.contents:
            self.send_error(404)
            return
        name, data = self.server.contents[item]
        address = f"http://127.0.0.1:{self.server.server_address[1]}/storage/{item}"
        self.answer({"url": address, "file_name": name, "media_type": "text/plain", "size": len(data)})

    def file(self, item: str) -> None:
        """The storage refuses a request that brings a key besides its own signature."""
        if "Authorization" in self.headers:
            self.send_error(400)
            return
        data = self.server.contents[item][1]
        if self.server.cut:
            self.server.cut -= 1
            data = data[:-1]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append(self.path)
        if "reason" in body:
            self.answer(self.server.settle([body["id"]], "rejected"))
            return
        told = self.server.settle(body["ids"], "taken")
        if self.server.lost:
            self.server.lost -= 1
            self.close_connection = True
            return
        self.answer(told)

    def answer(self, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


Run = Callable[..., int]


@pytest.fixture
def portal() -> Iterator[Portal]:
    server = Portal()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CCX_PORTAL", f"http://127.0.0.1:{portal.server_address[1]}")
    monkeypatch.setenv("CCX_KEY", KEY)
    monkeypatch.setattr(attempts, "PAUSE", 0)

    def call(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["upload.pyz", *arguments])
        return command.main()

    return call


def rows(folder: Path) -> list[dict[str, str]]:
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def test_what_waits_is_written_a_file_a_kind_and_acknowledged(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.wrote("A1", "A2")
    portal.wrote("A3", kind="change_requested", field="phone", value='+44 "1"', note="two\nlines, é")
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert [path.name for path in sorted(tmp_path.glob("*.csv"))] == [
        "change_requested_A3.csv",
        "invitation_accepted_A1.csv",
    ]
    change, first, second = rows(tmp_path)
    assert (change["value"], change["note"], change["account_ref"]) == ('+44 "1"', "two\nlines, é", "1200")
    assert [first["id"], second["email"]] == ["A1", "A2@farm"]
    assert portal.waiting == []
    assert set(portal.states.values()) == {"taken"}


def test_a_field_that_only_a_later_item_has_is_a_column(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.wrote("A1", email="al@farm")
    portal.wrote("A2", email="jo@farm", phone="1")
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert [row["phone"] for row in rows(tmp_path)] == ["", "1"]


def test_a_repeated_pull_writes_only_what_is_new(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.wrote(*(f"A{n}" for n in range(95)))
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert len(rows(tmp_path)) == 95
    before = sorted(tmp_path.glob("*.csv"))
    assert len(before) == 3  # batches of 40
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert sorted(tmp_path.glob("*.csv")) == before
    portal.wrote("B1")
    run("--pull", str(tmp_path))
    assert len(rows(tmp_path)) == 96


def test_a_lost_reply_does_no_harm(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.wrote("A1")
    portal.lost = 2
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert [row["id"] for row in rows(tmp_path)] == ["A1"]


class Killed(BaseException):
    """As if the machine had been switched off."""


STEPS = ("mkdir", "open", "replace", "unlink", "exists", "read_text")


@pytest.mark.parametrize("files_are", ["left", "taken at once"])
def test_wherever_it_is_stopped_each_item_is_written_once(
    portal: Portal, run: Run, tmp_path: Path, files_are: str
) -> None:
    """Before and after each call that touches the disk; with a reader that takes each file away as it comes, too."""
    counts = []
    for at in range(100):
        portal.waiting, portal.states = [], {}
        folder = tmp_path / str(at)
        portal.wrote(f"A{at}", f"B{at}")
        portal.wrote(f"C{at}", kind="change_requested", field="phone", value="1")
        portal.received(f"E{at}", "may.pdf", b"%PDF")
        stopped = stop_at(at, partial(run, "--pull", str(folder)))
        assert set(documents(folder)) <= {f"documents/E{at}_may.pdf"}
        found = taken_away(folder) if files_are == "taken at once" else []
        portal.wrote(f"D{at}")
        assert run("--pull", str(folder)) == exits.APPLIED
        found += [row["id"] for row in rows(folder)]
        assert sorted(found) == [f"{letter}{at}" for letter in "ABCDE"], at
        assert documents(folder) == {f"documents/E{at}_may.pdf": b"%PDF"}
        assert portal.waiting == []
        counts.append(stopped)
        if not stopped:
            break
    assert sum(counts) > 10
    assert not counts[-1]


def documents(folder: Path) -> dict[str, bytes]:
    """The documents that are there."""
    return {f"documents/{path.name}": path.read_bytes() for path in folder.glob("documents/*")}


def taken_away(folder: Path) -> list[str]:
    found = [row["id"] for row in rows(folder)]
    for path in folder.glob("*.csv"):
        path.unlink()
    return found


def stop_at(step: int, call: Callable[[], int]) -> bool:
    """Run it until the `step`-th event of the disk, half of them after it is done; whether it came so far."""
    left = step

    def stop(name: str, function: Any) -> Any:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left == -1:
                raise Killed(name)
            result = function(*args, **kwargs)
            left -= name != "open"  # an open file would be left over, and is noticed
            if left == -1:
                raise Killed(name)
            return result

        return wrapper

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(Path, name, stop(name, getattr(Path, name)))
        try:
            call()
        except Killed:
            return True
    return False


def test_two_at_once_are_one_too_many(
    portal: Portal, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    portal.wrote("A1")
    (tmp_path / pulling.WORK).mkdir()
    with pulling.locked(tmp_path / pulling.WORK / "lock"):
        assert run("--pull", str(tmp_path)) == exits.NOT_SENT
    assert "Another run" in capsys.readouterr().err
    assert rows(tmp_path) == []
    assert run("--pull", str(tmp_path)) == exits.APPLIED


def test_items_that_staff_take_are_left(
    portal: Portal, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    portal.taker = "page"
    portal.wrote("A1")
    assert run("--pull", str(tmp_path)) == exits.WRONG_USE
    assert "For your system" in capsys.readouterr().err
    assert rows(tmp_path) == []
    assert len(portal.waiting) == 1


def test_an_item_withdrawn_meanwhile_is_named(
    portal: Portal, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    portal.wrote("A1", "A2")
    work = tmp_path / pulling.WORK
    work.mkdir()
    pulling.begin_batch(tmp_path, portal.feed()["items"])
    portal.settle(["A2"], "withdrawn")
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert "A2: withdrawn in the portal meanwhile; it is left out" in capsys.readouterr().err
    assert [row["id"] for row in rows(tmp_path)] == ["A1"]


def test_a_folder_that_cannot_be_written_is_said(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run("--pull", str(tmp_path / "file")) == exits.WRONG_USE
    assert "cannot be written" in capsys.readouterr().err


def test_a_name_from_the_portal_stays_in_the_folder(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.wrote("A1", kind="../../evil")
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert [path.name for path in tmp_path.glob("*.csv")] == ["______evil_A1.csv"]


@pytest.mark.parametrize(("item", "code"), [("A1", exits.APPLIED), ("B1", exits.REFUSED)])
def test_an_item_is_rejected(portal: Portal, run: Run, item: str, code: int) -> None:
    portal.wrote("A1")
    assert run("--reject", item, "Too long") == code
    assert portal.states == ({"A1": "rejected"} if item == "A1" else {})


def test_a_document_lies_beside_the_file_that_names_it(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.received("A1", "../..\\Überweisung Mai?.pdf", b"%PDF-1.7")
    portal.received("A2", "x" * 130 + ".csv", b"a;b")
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    first, second = rows(tmp_path)
    assert first["file"] == "documents/A1_.._..__berweisung_Mai_.pdf"
    assert documents(tmp_path) == {first["file"]: b"%PDF-1.7", second["file"]: b"a;b"}
    assert len(second["file"]) < 100
    assert [path.name for path in tmp_path.parent.glob("*.pdf")] == []
    assert portal.states == {"A1": "taken", "A2": "taken"}


def test_a_document_that_did_not_come_whole_is_fetched_again(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.received("A1", "may.pdf", b"%PDF-1.7")
    portal.cut = 2
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert documents(tmp_path) == {"documents/A1_may.pdf": b"%PDF-1.7"}


def test_nothing_is_acknowledged_whose_document_never_comes(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.received("A1", "may.pdf", b"%PDF-1.7")
    portal.cut = 100
    assert run("--pull", str(tmp_path)) == exits.NOT_SENT
    assert (portal.states, rows(tmp_path), documents(tmp_path)) == ({}, [], {})


def test_a_document_that_is_gone_is_rejected_and_the_others_come(portal: Portal, run: Run, tmp_path: Path) -> None:
    portal.received("A1", "may.pdf", b"%PDF-1.7")
    del portal.contents["A1"]
    portal.wrote("A2")
    assert run("--pull", str(tmp_path)) == exits.APPLIED
    assert portal.states == {"A1": "rejected", "A2": "taken"}
    assert [row["id"] for row in rows(tmp_path)] == ["A2"]
