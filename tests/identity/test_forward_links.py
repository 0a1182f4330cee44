from datetime import datetime, timedelta

from chalicelib.identity.forward_links import create_forward_link, forward_target
from chalicelib.identity.model import ForwardTarget
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.worlds import World

SCOPE = IdentityScope()


def test_a_link_leads_to_its_document_until_it_expires(aws: World, now: datetime, ids: Ids) -> None:
    assert aws.name
    secret, expires = ids.secret(), now + timedelta(days=30)
    target = ForwardTarget(ids.dealer_id(), "1200", ids.ulid(now), expires)
    create_forward_link(SCOPE, secret, target)
    assert forward_target(SCOPE, secret, now=expires - timedelta(seconds=1)) == target
    assert forward_target(SCOPE, secret, now=expires) is None
    assert forward_target(SCOPE, ids.secret(), now=now) is None
