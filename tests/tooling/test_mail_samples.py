"""Every mail can be seen on Customise: a new one needs a sample in chalicelib/notifications/samples.py."""

from chalicelib.notifications.kinds.sample_mail import SampleMail
from chalicelib.notifications.samples import SAMPLES
from chalicelib.rendering.paths import template_root


def test_every_mail_has_a_sample() -> None:
    mails = {path.name for path in (template_root() / "mail").iterdir() if (path / "subject.txt").is_file()}
    assert mails == set(SAMPLES)
    assert SampleMail.kind not in SAMPLES
