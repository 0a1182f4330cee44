"""The web process: waitress on a socket that it was handed, assets and the mailbox beside the app."""

import argparse
import signal
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from wsgiref.types import StartResponse, WSGIEnvironment

import waitress

from chalicelib import settings
from chalicelib.rendering.paths import template_root
from infra.local import smtp
from infra.local.api_gateway import ApiGateway, WsgiApp
from infra.local.application import load, log_to_terminal
from infra.local.assets import Assets
from infra.local.inbound import inbound
from infra.local.mailbox import MAILBOX_PATH, Mailbox
from infra.local.mails import Archive
from infra.package import upload_program

THREADS = 8
_MAX_BODY_BYTES = 10 * 1024 * 1024


def front(app: WsgiApp, assets: WsgiApp, mailbox: WsgiApp) -> WsgiApp:
    """Routes between the three, and sets the header in which CloudFront sends the visitor's address."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        visitor = f"{environ['REMOTE_ADDR']}:{environ.get('REMOTE_PORT') or 0}"
        environ["HTTP_CLOUDFRONT_VIEWER_ADDRESS"] = visitor
        if path.startswith("/assets/"):
            return assets(environ, start_response)
        if path == MAILBOX_PATH or path.startswith(f"{MAILBOX_PATH}/"):
            return mailbox(environ, start_response)
        return app(environ, start_response)

    return answer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True, help="the listening socket")
    parser.add_argument("--app", default="app", help="the module of the Chalice app")
    parser.add_argument("--aws", required=True, help="where the local AWS is")
    parser.add_argument("--smtp", type=int, required=True, help="the port for replies to mails")
    parser.add_argument("--mails", type=Path, required=True, help="the folder that keeps mails")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    archive = Archive(options.mails, options.aws)
    archive.follow()
    known = settings.load()
    (secret,) = known.origin_secrets
    gateway = ApiGateway(load(options.app), origin_headers={"x-origin-secret": secret})
    upload_program.refresh()
    received = inbound(known, options.aws)
    smtp.serve(received, domain=known.reply_domain, port=options.smtp)
    app = front(gateway, Assets(Path(template_root()) / "assets"), Mailbox(archive, received))
    listener = socket.socket(fileno=options.fd)
    waitress.serve(app, sockets=[listener], threads=THREADS, max_request_body_size=_MAX_BODY_BYTES, ident=None)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    log_to_terminal()
    main()
