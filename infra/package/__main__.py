"""`python -m infra.package --stage prod`: builds and checks what deploys, and says how large it is."""

import argparse
import json
import sys
import time
from collections.abc import Sequence

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
    stage = parser.parse_args(argv).stage
    start = time.monotonic()
    try:
        package = build(stage, BUILD / stage, say=lambda text: print(f"  {text} ...", flush=True))
    except (PackageError, SetupError) as problem:
        print(problem, file=sys.stderr)
        return 1
    where = package.folder.relative_to(ROOT)
    print(f"{where}/deployment.zip  {package.size / 1e6:.1f} MB of at most {MAX_BYTES / 1e6:.0f}")
    print(f"{where}/sam.json        {package.handlers} functions, accepted by cfn-lint and the SAM transform")
    print(f"{where}/edge.json, {where}/assets/")
    print(f"Packaged for {stage} in {time.monotonic() - start:.0f} s. docs/deploy.md says how to deploy it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
