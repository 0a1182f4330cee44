"""Send an export to the portal, check it here first, or fetch what customers did there.

    python3 upload.pyz ccx_MOORBECK_20261121T061200Z_00000412.zip
    python3 upload.pyz --check ccx_MOORBECK_20261121T061200Z_00000412.zip
    python3 upload.pyz --pull FOLDER

On Windows write py in the place of python3. It needs Python 3.11 or newer and nothing else: copy this one file to the
machine that makes the exports.

The address and the key come from the environment or from options:
    CCX_PORTAL     the portal's address, https://portal.example.com              --portal
    CCX_KEY        the API key that was shown once on the Imports page           (never an option: others see those)
    CCX_KEY_FILE   a file that holds the key and that only its owner can read    --key-file

With --check and a file it finds what the portal would find in that export by itself: it needs no key, and nothing
leaves this machine. With --json it says so in JSON, for programs.
With --check alone it asks whether the portal knows the key.
With --pull it writes what the dealer's system has to know into FOLDER, a CSV file (UTF-8) for each kind, and tells the
portal so. Each item is written once, also if the program is stopped halfway; a file is complete when it is there.
Documents that customers sent are in FOLDER/documents; the column "file" of document_*.csv names them.
With --reject ID REASON it tells the portal that an item of such a file cannot be taken. Staff see it under To do.
Otherwise it sends the file, waits until the portal has decided, and says what became of it. Exit codes:
    0  applied, or the same export was there already; --check: it would be accepted, or the key is known;
       --pull: all that waited is in the folder
    1  refused or failed: nothing has changed for the customers; --check: it would be refused
    2  held: somebody must approve it on the Imports page; --check: it would be held
    3  not sent, or no answer in time; run the same command again, it does no harm
    4  wrong use: no such file, no key, a key that is not known, items that staff take by hand
"""

import argparse
import os
import sys
from pathlib import Path

from chalicelib.kernel.clock import system_clock
from infra.upload_client.attempts import repeat
from infra.upload_client.checking import check
from infra.upload_client.console import print_plainer
from infra.upload_client.exits import APPLIED, REFUSED, WRONG_USE, Stop
from infra.upload_client.key import read_key
from infra.upload_client.portal import Portal
from infra.upload_client.pulling import pull, reject
from infra.upload_client.sending import send


def main() -> int:
    options = parse()
    print_plainer()
    try:
        return run(options)
    except Stop as stop:
        print(stop, file=sys.stderr)
        return stop.code


def run(options: argparse.Namespace) -> int:
    if options.check and options.file:
        return check(export_file(options.file), now=system_clock(), as_json=options.json)
    portal = Portal(options.portal or os.environ.get("CCX_PORTAL", ""), read_key(options.key_file))
    if options.check:
        repeat(portal.check, "testing the key")
        print("The portal answers and knows this key. Nothing was sent.")
        return APPLIED
    if options.pull:
        return pull(portal, Path(options.pull))
    if options.reject:
        return reject(portal, *options.reject)
    return send(portal, export_file(options.file), seconds=options.wait)


def parse() -> argparse.Namespace:
    text = __doc__ or ""
    parser = argparse.ArgumentParser(
        prog="upload.pyz",
        description=text.partition("\n")[0],
        epilog=text.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", default="", help="the export, a ccx zip file")
    parser.add_argument(
        "--check", action="store_true", help="check the file here and send nothing; without one, test address and key"
    )
    parser.add_argument("--json", action="store_true", help="with --check and a file: print JSON")
    parser.add_argument("--pull", metavar="FOLDER", help="write what the dealer's system has to know into this folder")
    parser.add_argument(
        "--reject", nargs=2, metavar=("ID", "REASON"), help="tell the portal that an item cannot be taken, and why"
    )
    parser.add_argument("--portal", help="the portal's address")
    parser.add_argument("--key-file", help="a file that holds the API key")
    parser.add_argument("--wait", type=float, default=1800, metavar="SECONDS", help="how long to wait for the decision")
    return parser.parse_args()


def export_file(name: str) -> Path:
    if not name:
        raise Stop(WRONG_USE, "Name the export to send, or use --check")
    path = Path(name)
    if not path.is_file():
        raise Stop(WRONG_USE, f"There is no file {path}")
    if not path.stat().st_size:
        raise Stop(REFUSED, f"{path} is empty. Make the export again. Nothing was sent.")
    return path
