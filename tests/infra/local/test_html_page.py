import pytest

from infra.local.html_page import HtmlPage

PAGE = """
<a href="next?a=1">Next  page</a>
<form method="get" action="/search?q=x"><input name="text" value="old"></form>
<form method="post">
  <input type="hidden" name="csrf" value="abc"><input name="name">
  <input type="checkbox" name="off" value="1"><input type="checkbox" name="on" value="1" checked>
  <select name="type"><option value="a">A</option><option value="b" selected>B</option></select>
  <select name="first"><option value="c">C</option><option value="d">D</option></select>
  <button name="only" value="7" formaction="/keys/7">Invite</button>
</form>
<p>Your key <code data-secret>k-1</code>, shown once</p>
"""


def test_forms_have_the_values_that_a_browser_would_send() -> None:
    page = HtmlPage("/keys", PAGE)
    assert [(form.action, form.method) for form in page.forms] == [("/search?q=x", "get"), ("/keys", "post")]
    assert page.form("/search").fields == {"text": "old"}
    assert page.form("/keys").fields == {"csrf": "abc", "name": "", "on": "1", "type": "b", "first": "c"}
    assert page.form("/keys").buttons == [("Invite", "only", "7", "/keys/7")]


def test_a_form_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        HtmlPage("/keys", PAGE).form("/elsewhere")


def test_links_text_and_secrets() -> None:
    page = HtmlPage("/staff/keys", PAGE)
    assert page.links == [("Next page", "/staff/next?a=1")]
    assert page.secrets == ["k-1"]
    assert "Your key k-1, shown once" in "".join(page.text)
