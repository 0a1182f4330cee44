from pathlib import Path

from infra.local.reloader import FileWatcher


def test_sees_what_is_new_other_or_gone(tmp_path: Path) -> None:
    (tmp_path / "chalicelib").mkdir()
    app, module = tmp_path / "app.py", tmp_path / "chalicelib" / "a.py"
    app.write_text("1")
    watcher = FileWatcher([app, tmp_path / "chalicelib", tmp_path / "missing"])
    assert watcher.changed() == []
    module.write_text("1")
    assert watcher.changed() == [module]
    app.write_text("22")
    assert watcher.changed() == [app]
    module.unlink()
    assert watcher.changed() == [module]
    assert watcher.changed() == []


def test_leaves_other_files_alone(tmp_path: Path) -> None:
    watcher = FileWatcher([tmp_path])
    (tmp_path / "a.pyc").write_bytes(b"1")
    assert watcher.changed() == []
