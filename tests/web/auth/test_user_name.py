from tests.fixtures.cast import PASSWORD, Cast
from tests.web.auth.conftest import LoginPages
from tests.web.client import Visitor


def filled_in(visitor: Visitor) -> tuple[str, bool]:
    page = visitor.get("/login")
    action = next(form.action for form in page.forms if form.action.endswith("/login"))
    return page.form(action).fields["email"], " checked>" in page.html


def test_the_user_name_is_remembered_where_asked_for_and_only_there(cast: Cast, pages: LoginPages) -> None:
    visitor, email = pages.visitor(), cast.ours.customer.email
    for remember in ({"remember": "yes"}, {}):
        visitor.get("/login")
        action = f"/d/{cast.ours.dealer.slug}/login" if visitor.cookies.get("__Host-dealer") else "/login"
        csrf = visitor.cookies["__Host-csrf"]
        page = visitor.post(action, {"csrf": csrf, "email": email, "password": PASSWORD, **remember})
        assert page.status == 303
        line = next(line for line in page.cookies if line.startswith("__Host-user="))
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in line.split(";")[1:]}
        visitor.get("/transactions")
        visitor.submit("/logout")
        assert filled_in(visitor) == ((email, True) if remember else ("", False))


def test_a_cookie_that_is_none_of_ours_fills_in_nothing(pages: LoginPages) -> None:
    visitor = pages.visitor()
    for value in ("a@b.example", "kept", "<script>", "always.a%40b.example"):
        visitor.cookies["__Host-user"] = value
        assert filled_in(visitor) == ("", False)
    visitor.cookies["__Host-user"] = "once." + "a" * 3_000
    assert len(filled_in(visitor)[0]) == 254
