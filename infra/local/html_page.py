"""What a browser without a screen sees of a page: its forms, links and text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass(slots=True)
class Form:
    """A form as a reader finds it: where it goes and what it holds. `buttons` are (text, name, value, formaction)."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str, str]] = field(default_factory=list)


class HtmlPage(HTMLParser):
    """The forms, links and text of the page at `path`; `secrets` are the texts of elements marked `data-secret`."""

    def __init__(self, path: str, html: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.text: list[str] = []
        self._form: Form | None = None
        self._select = ""
        self._textarea: str | None = None
        self._open: list[str] = []
        self._since = 0
        self._href = ""
        self._button: dict[str, str] | None = None
        self.secrets: list[str] = []
        self._in_secret = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_secret = "data-secret" in given
        if tag == "form":
            action = given.get("action") or self.path
            self._form = Form(urljoin(self.path, action), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag in {"input", "select", "textarea", "option"} and self._form:
            self._field(self._form, tag, given)
        elif tag in {"button", "a"}:
            self._since = len(self.text)
            self._href = given.get("href", "")
            self._button = given if tag == "button" else None

        if tag == "textarea":
            self._textarea = given.get("name")
            self._since = len(self.text)

    def _field(self, form: Form, tag: str, given: Mapping[str, str]) -> None:
        if tag == "option":
            if "selected" in given or self._select not in form.fields:
                form.fields[self._select] = given.get("value", "")
        elif tag == "select":
            self._select = given.get("name", "")
        elif given.get("type") in {"checkbox", "radio"} and "checked" not in given:
            return
        elif "name" in given:
            form.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        words = " ".join("".join(self.text[self._since :]).split())
        self._in_secret = False
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._form and self._textarea is not None:
            self._form.fields[self._textarea] = "".join(self.text[self._since :])
        elif tag == "a" and self._href:
            self.links.append((words, urljoin(self.path, self._href)))
        elif tag == "button" and self._form and self._button is not None:
            given = self._button
            self._form.buttons.append(
                (words, given.get("name", ""), given.get("value", ""), given.get("formaction", ""))
            )

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._in_secret and data.strip():
            self.secrets.append(data.strip())

    def form(self, path: str) -> Form:
        """The form that is sent to `path`, whatever the query of either. Raises KeyError."""
        for form in self.forms:
            if form.method != "dialog" and urlsplit(form.action).path == urlsplit(path).path:
                return form
        raise KeyError(path)
