"""Third-party scripts, styles and fonts: fetched from npm at pinned versions, kept in the project, checked by hash.

`python3 infra/vendor.py` fetches everything that vendor.lock.json names and stops at a hash that differs;
`--relock` writes the hashes of what it fetched, after a version was changed by hand.
"""

import json
import re
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypedDict

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "templates" / "assets" / "vendor" / "vendor.lock.json"
BOOTSTRAP = ROOT / "templates" / "assets" / "vendor" / "bootstrap.min.css"
BOOTSTRAP_DARK = ROOT / "templates" / "assets" / "css" / "bootstrap-dark.css"
_DARK_RULE = re.compile(r"[^{}]*\[data-bs-theme=dark\][^{}]*\{[^{}]*\}")


class VendorFile(TypedDict):
    """One file of an npm package, and its path here."""

    package: str
    version: str
    member: str
    file: str
    sha256: str


def locked_files() -> list[VendorFile]:
    read: list[VendorFile] = json.loads(LOCK.read_text())
    return read


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def bootstrap_dark(css: str) -> str:
    """Bootstrap's dark rules for a page that has no data-bs-theme: linked where the reader prefers dark."""
    rules = (rule.strip().replace("[data-bs-theme=dark]", ":root") for rule in _DARK_RULE.findall(css))
    return "/* Made from bootstrap.min.css by infra/vendor.py. */\n" + "\n".join(rules) + "\n"


def fetch(package: str, version: str, into: Path) -> tarfile.TarFile:
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"], cwd=into, check=True, capture_output=True, text=True
    )
    return tarfile.open(into / packed.stdout.split()[-1])


def main(*, relock: bool) -> None:
    """Writes every file to its place. Exits with a message at a hash that differs from the lock."""
    listed = locked_files()
    with TemporaryDirectory() as folder:
        for package, version in sorted({(file["package"], file["version"]) for file in listed}):
            with fetch(package, version, Path(folder)) as archive:
                for file in listed:
                    if file["package"] == package:
                        _place(file, archive, relock=relock)
    BOOTSTRAP_DARK.write_text(bootstrap_dark(BOOTSTRAP.read_text()))
    if relock:
        LOCK.write_text(json.dumps(listed, indent=2) + "\n")


def _place(file: VendorFile, archive: tarfile.TarFile, *, relock: bool) -> None:
    member = archive.extractfile(f"package/{file['member']}")
    content = member.read() if member else b""
    found = sha256(content).hexdigest()
    if relock:
        file["sha256"] = found
    elif found != file["sha256"]:
        sys.exit(f"{file['package']} {file['version']} {file['member']}: not the file that was locked")
    target = ROOT / file["file"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


if __name__ == "__main__":
    main(relock="--relock" in sys.argv)
