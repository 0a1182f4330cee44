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


class WriteItem(TypedDict):
    """One file of one npm package, and where it stands here."""

    package: str
    version: str
    member: str
    file: str
    sha256: str


def pieces() -> list[WriteItem]:
    """What the lock names."""
    read: list[WriteItem] = json.loads(LOCK.read_text())
    return read


def digest(path: Path) -> str:
    """Hex SHA-256 of a file."""
    return sha256(path.read_bytes()).hexdigest()


def bootstrap_dark(css: str) -> str:
    """Bootstrap's dark rules for a page that has no data-bs-theme: linked where the reader prefers dark."""
    rules = (rule.strip().replace("[data-bs-theme=dark]", ":root") for rule in _DARK_RULE.findall(css))
    return "/* Made from bootstrap.min.css by infra/vendor.py. */\n" + "\n".join(rules) + "\n"


def fetch(package: str, version: str, into: Path) -> tarfile.TarFile:
    """The package's archive from the npm registry."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", f"{package}@{version}"], cwd=into, check=True, capture_output=True, text=True
    )
    return tarfile.open(into / packed.stdout.split()[-1])


def main(*, relock: bool) -> None:
    """Writes every piece to its place. Exits with a message at a hash that differs from the lock."""
    listed = pieces()
    with TemporaryDirectory() as folder:
        for package, version in sorted({(piece["package"], piece["version"]) for piece in listed}):
            with fetch(package, version, Path(folder)) as archive:
                for piece in listed:
                    if piece["package"] == package:
                        _place(piece, archive, relock=relock)
    BOOTSTRAP_DARK.write_text(bootstrap_dark(BOOTSTRAP.read_text()))
    if relock:
        LOCK.write_text(json.dumps(listed, indent=2) + "\n")


def _place(piece: WriteItem, archive: tarfile.TarFile, *, relock: bool) -> None:
    member = archive.extractfile(f"package/{piece['member']}")
    content = member.read() if member else b""
    found = sha256(content).hexdigest()
    if relock:
        piece["sha256"] = found
    elif found != piece["sha256"]:
        sys.exit(f"{piece['package']} {piece['version']} {piece['member']}: not the file that was locked")
    target = ROOT / piece["file"]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


if __name__ == "__main__":
    main(relock="--relock" in sys.argv)
