from typing import Any, cast

import pytest

from chalicelib.http.routing import Routes


def test_a_route_without_an_access_is_refused_at_once() -> None:
    routes = Routes("here")
    with pytest.raises(TypeError, match="/x: None is not an Access"):
        routes.get("/x", cast("Any", None))
    with pytest.raises(TypeError, match=r"/x: declare it with get\(\) or post\(\)"):
        routes.route("/x")
