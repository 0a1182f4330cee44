"""For a dealer's upload client: a form for each bundle, and what became of it. Errors are JSON: `message`, `fields`."""

from typing import Any

from chalice.app import Response

from chalicelib.ccx.messages import Message, sentences
from chalicelib.http.access import API_KEY
from chalicelib.http.request import Request
from chalicelib.http.responses import json
from chalicelib.http.routing import Routes
from chalicelib.ingest import queries, uploads
from chalicelib.ingest.model import ImportRun, Upload
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats

routes = Routes(__name__)

_FIELDS = {"file_name", "size"}


@routes.post("/api/v1/uploads", API_KEY)
def begin(request: Request) -> Response:
    """`{"file_name", "size"}` -> `{"upload_id", "url", "fields"}`. Post the fields there, and last `file`."""
    body = request.json
    # Tested control: upload-fields-allow-list
    if not isinstance(body, dict) or set(body) != _FIELDS:
        raise InvalidError(_("Send file_name and size, and nothing else"))
    name, size = body["file_name"], body["size"]
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool):
        raise InvalidError(_("file_name must be a string, and size a whole number of bytes"))
    begun = uploads.begin_upload(
        request.import_scope,
        file_name=name,
        size=size,
        now=request.now,
        ids=request.services.ids,
    )
    answer = {"upload_id": begun.upload_id, "url": begun.form.url, "fields": begun.form.fields}
    return json(answer, status=201)


@routes.get("/api/v1/imports", API_KEY)
def imports(request: Request) -> Response:
    """The newest runs; with `?upload=<upload_id>` that upload and its run, `null` while it waits."""
    scope = request.import_scope
    upload_id = request.query.get("upload")
    if upload_id is None:
        found = queries.import_runs(scope, now=request.now)
        return json({"imports": [_run(run, request.fmt) for run in found.runs]})
    upload = queries.upload(scope, upload_id=upload_id)
    run = queries.import_run(scope, number=upload.run) if upload.run is not None else None
    return json({"upload": _upload(upload), "import": _run(run, request.fmt) if run else None})


def _upload(upload: Upload) -> dict[str, Any]:
    return {"upload_id": upload.upload_id, "state": upload.state.value, "begun_at": upload.begun_at.isoformat()}


def _run(run: ImportRun, fmt: Formats) -> dict[str, Any]:
    summary = run.summary
    return {
        "import": run.number,
        "state": run.state.value,
        "sequence": run.manifest.sequence if run.manifest else None,
        "export_id": str(run.manifest.export_id) if run.manifest else None,
        "as_at": run.manifest.as_at.isoformat() if run.manifest else None,
        "opened_at": run.opened_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "code": run.code,
        "message": sentences(run.message, fmt) if run.message else None,
        "reasons": [sentences(reason, fmt) for reason in run.reasons],
        "reason_codes": [reason.code if isinstance(reason, Message) else None for reason in run.reasons],
        "rows": summary.rows if summary else None,
        "rejected": summary.rejected if summary else None,
    }
