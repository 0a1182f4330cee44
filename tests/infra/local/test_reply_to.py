from pathlib import Path

import boto3

from chalicelib.mail.sender import Mail, raw_mail
from infra.local.mails import Archive, short
from infra.local.reply_to import observer
from tests.fixtures.worlds import World

FROM = "portal@customer-connect.example"


def test_where_a_mail_is_answered_is_noted_as_it_leaves(aws: World, tmp_path: Path) -> None:
    assert aws.name == "moto"
    ses = boto3.client("ses")
    observer(tmp_path)(ses)
    observer(tmp_path)(boto3.client("sts"))
    ids = []
    for reply_to in ("r-1@reply.example", ""):
        raw = raw_mail(Mail("a@b.example", "1", "2", "3", reply_to=reply_to), mail_from=FROM)
        ids.append(ses.send_raw_email(Destinations=["a@b.example"], RawMessage={"Data": raw})["MessageId"])
    archive = Archive(tmp_path, "http://127.0.0.1:9")
    assert [archive.reply_to(short(one)) for one in ids] == ["r-1@reply.example", ""]
