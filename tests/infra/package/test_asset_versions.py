import json
from pathlib import Path

from chalicelib.rendering import assets, paths
from infra.package.asset_versions import list_assets
from infra.setup.paths import ROOT


def test_the_zip_names_every_asset_as_the_project_does(tmp_path: Path) -> None:
    script = tmp_path / "templates" / "assets" / "js" / "viewer.js"
    script.parent.mkdir(parents=True)
    script.write_bytes((ROOT / "templates" / "assets" / "js" / "viewer.js").read_bytes())
    list_assets(tmp_path)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {assets.VERSIONS}
    listed = json.loads((tmp_path / "templates" / "assets" / assets.VERSIONS).read_text())
    version = assets.version_of((paths.template_root() / "assets" / "js" / "viewer.js").read_bytes())
    assert listed == {"js/viewer.js": version}
    assert assets.asset("js/viewer.js").endswith(f"?v={version}")
