"""`python -m infra.package --stage prod`: builds and checks what deploys, and says how large it is."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infra.package.build import BUILD, build
from infra.package.checks import MAX_BYTES
from infra.package.interpreter import PackageError
from infra.setup.paths import ROOT
from infra.setup.shell import SetupError


def main(argv: Sequence[str] | None = None) -> int:
    """0 when the package may be deployed, else 1 with one sentence."""
    stages = sorted(json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"])
    parser = argparse.ArgumentParser(prog="dev.py package", description=__doc__)
    parser.add_argument("--stage", choices=stages, default="prod", help="names everything that the deployment owns")
    parser.add_argument("--folder", type=Path, help="where to put it, instead of build/STAGE; it is emptied first")
    options = parser.parse_args(argv)
    stage, folder = options.stage, (options.folder or BUILD / options.stage).resolve()
    start = time.monotonic()
    try:
        package = build(stage, folder, say=lambda text: print(f"  {text} ...", flush=True))
    except (PackageError, SetupError) as problem:
        print(problem, file=sys.stderr)
        return 1
    where = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
    print(f"{where}/deployment.zip  {package.size / 1e6:.1f} MB of at most {MAX_BYTES / 1e6:.0f}")
    print(f"{where}/sam.json        {package.handlers} functions, accepted by cfn-lint and the SAM transform")
    print(f"{where}/edge.json, {where}/assets/")
    print(f"Packaged for {stage} in {time.monotonic() - start:.0f} s. docs/deploy.md says how to deploy it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
