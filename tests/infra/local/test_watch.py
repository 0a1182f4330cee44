from pathlib import Path

from infra.local.watch import Watch


def test_sees_what_is_new_other_or_gone(tmp_path: Path) -> None:
    (tmp_path / "chalicelib").mkdir()
    app, module = tmp_path / "app.py", tmp_path / "chalicelib" / "a.py"
    app.write_text("1")
    watch = Watch([app, tmp_path / "chalicelib", tmp_path / "missing"])
    assert watch.changed() == []
    module.write_text("1")
    assert watch.changed() == [module]
    app.write_text("22")
    assert watch.changed() == [app]
    module.unlink()
    assert watch.changed() == [module]
    assert watch.changed() == []


def test_leaves_other_files_alone(tmp_path: Path) -> None:
    watch = Watch([tmp_path])
    (tmp_path / "a.pyc").write_bytes(b"1")
    assert watch.changed() == []
