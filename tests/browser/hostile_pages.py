"""A hostile dealer's pages, mails and papers in Chromium: what may never become of its texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from chalicelib import services, settings
from chalicelib.forwarding.model import ForwardedDocument
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.mail.messages import render_mail
from chalicelib.mail.sender import Mail, RecordingSender
from chalicelib.messages import repo as messages
from chalicelib.notifications.deps import letterhead
from chalicelib.rendering.templates import render
from chalicelib.services import Services
from tests.browser.chrome import window
from tests.browser.served import logged_in_as
from tests.bundles import PDF
from tests.fixtures.worlds import World
from tests.hostile import ACCOUNT, INVOICE, TEXTS, Attack, furnish
from tests.sweeps.scenario import Scenario

COMPUTED = "1337"
FOUND = """
(() => {
  const made = ".hostile, iframe[srcdoc], object, embed, base, meta[http-equiv], script:not([src]), style";
  const wrong = [...document.querySelectorAll(made)];
  const leading = ["href", "src", "action", "formaction"];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      const leads = leading.includes(name) && /^\\s*(javascript|data:text|\\/\\/)/i.test(value);
      if (name.startsWith("on") || leads) wrong.push(element);
    }
  }
  return wrong.map((element) => element.outerHTML.slice(0, 200));
})()
"""
"""The elements that no page of ours makes: those of the texts, and whatever could run or lead away."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How much was opened, and how often a hostile text was read there as text."""

    pages: int = 0
    read: int = 0
    mails: int = 0

    def __add__(self, more: "Seen") -> "Seen":
        return Seen(self.pages + more.pages, self.read + more.read, self.mails + more.mails)


def customers_paths() -> list[str]:
    """What a customer opens, with hostile texts in each part of an address that a page repeats."""
    invoices = [f"/invoices/{link_part(ACCOUNT)}/invoice/{link_part(f'{INVOICE}{n}')}" for n in range(2)]
    return [
        "/transactions",
        "/statements?period=2024-06",
        "/documents",
        "/details",
        "/details/change?field=city",
        "/messages",
        "/notifications",
        "/accounts",
        "/account/sessions",
        "/account/passkeys",
        "/account/activity",
        "/profile",
        *invoices,
    ]


def staff_paths(file_id: str, document_id: str) -> list[str]:
    """What staff open: `file_id` is of a document that the customer sent, `document_id` of one for the customer."""
    account, month = f"/staff/accounts/{link_part(ACCOUNT)}", "2024-06"
    return [
        "/staff/accounts",
        account,
        "/staff/to-do",
        "/staff/feed",
        f"/staff/feed?month={month}",
        "/staff/documents",
        "/staff/document-requests",
        "/staff/document-requests/new?q=hostile",
        f"/staff/document-requests/new?account={link_part(ACCOUNT)}",
        f"/staff/documents/{link_part(ACCOUNT)}/{file_id}",
        f"{account}/statements?period=2024-06",
        f"{account}/documents",
        f"{account}/documents/{document_id}",
        f"{account}/documents/{document_id}/delete",
        "/staff/activity",
        "/staff/users",
        "/staff/activity?number=hostile&from=hostile",
        "/staff/imports",
        "/staff/imports/1",
        "/staff/imports/2",
        "/staff/imports/api-keys",
    ]


def asked(text: str, slug: str) -> dict[str, list[str]]:
    """Addresses that hold a text of the visitor's own, by who opens them."""
    word = quote(text, safe="")
    states = "&".join(f"{name}={word}" for name in ("type", "status", "age", "sort", "order", "at", "select", "page"))
    return {
        "anonymous": [f"/login?next={word}&done={word}", f"/d/{slug}/login?next={word}", f"/d/{word}", f"/i/{word}"],
        "our customer": [
            f"/transactions?q={word}&{states}",
            f"/statements?period={word}&from={word}&to={word}&style={word}&with={word}",
            f"/accounts?q={word}&next={word}",
            f"/invoices/{word}/x/y",
        ],
        "our admin": [f"/staff/accounts?q={word}&field={word}&{states}", f"/staff/imports?upload={word}&below={word}"],
    }


def opened(browser: Browser, at: str, world: World, ids: Ids, now: datetime, attack: Attack) -> Seen:
    """Opens everything at `at`, where the app is served, for one dealing of the texts.

    Fails for a dialog, a CSP report, an element, a computed text.
    """
    scenario = furnish(world, ids, now, attack)
    text = TEXTS[attack.shift % len(TEXTS)]
    made = Services(settings=settings.load(), mail=RecordingSender(), clock=lambda: now, ids=ids)
    paths = asked(text, scenario.cast.ours.dealer.slug)
    ours = scenario.cast.ours.dealer.dealer_id
    paths["our customer"] += [*customers_paths(), f"/shared-documents/{scenario.documents[ours]}"]
    thread = messages.threads(scenario.cast.ours.scope, ACCOUNT)[0].thread_id
    paths["our customer"].append(f"/messages/{thread}")
    paths["our admin"].append(f"/staff/messages/{link_part(ACCOUNT)}/{thread}")
    paths["our admin"] += staff_paths(scenario.files[ours], scenario.documents[ours])
    seen = Seen()
    with services.use(made):
        for caller, own in paths.items():
            seen += _opened_by(browser, scenario, at, caller, own, text)
    return seen + _mails(browser, scenario, text)


def _opened_by(browser: Browser, scenario: Scenario, at: str, caller: str, paths: list[str], text: str) -> Seen:
    seen = Seen()
    with window(browser, cookies=logged_in_as(caller, scenario, at)) as page:
        page.route("**/pdf?*", lambda route: route.fulfill(content_type="application/pdf", body=PDF))
        for path in paths:
            answer = page.goto(at + path)
            assert answer
            assert answer.status < 500, path
            seen += Seen(pages=1, read=_read(page))
        if caller != "our customer":
            seen += _typed(page, at, "/forgot" if caller == "anonymous" else "/staff/imports/api-keys", text)
    return seen


def _typed(page: Page, at: str, path: str, text: str) -> Seen:
    """A form that repeats what was typed: forgot's email, which is refused, or the name of a key, which is kept."""
    page.goto(at + path)
    page.eval_on_selector_all("form", "forms => forms.forEach((form) => { form.noValidate = true; })")
    field = page.locator("main input[name=email], main input[name=name]").first
    field.evaluate("(input, text) => { input.type = 'text'; input.value = text; }", text[:60])
    with page.expect_event("load"):  # noting what was typed counts as a navigation, too
        field.evaluate("(input) => input.form.requestSubmit()")
    return Seen(pages=1, read=_read(page))


def _read(page: Page) -> int:
    """How many of the texts stand on the page as they are."""
    assert page.evaluate(FOUND) == [], page.url
    assert page.evaluate("window.__csp") == [], page.url
    words = page.evaluate(
        "document.documentElement.innerText + [...document.querySelectorAll('input')].map((i) => i.value)"
    )
    assert COMPUTED not in words, page.url
    return sum(text in words for text in TEXTS)


MAILS = (
    "customer_invitation",
    "colleague_invitation",
    "colleague_joined",
    "access_changed",
    "staff_invitation",
    "password_reset",
    "password_changed",
    "second_factor",
    "passkey_changed",
    "new_device",
    "security_code",
    "change_refused",
    "dispute_news",
    "new_dispute",
    "staff_news",
    "document_forwarded",
    "document_requested",
    "document_reminder",
    "document_asked_again",
    "documents_shared",
    "statement_ready",
    "download_ready",
    "message_answered",
    "reply_not_added",
    "new_documents",
    "payment_reminder",
    "dealer_closing",
    "export_missing",
    "invitation_reminder",
    "user_deleted",
)


def mails_of(scenario: Scenario, text: str) -> Iterator[Mail]:
    """Every mail there is, of the hostile dealer."""
    head = letterhead(scenario.cast.ours.dealer, base_url="https://portal.example")
    to, link = "someone@farm.example", "https://portal.example/i/secret"
    context: dict[str, Any] = {"link": link, "ends": "19 Jun 2024", "account_number": ACCOUNT, "account_name": text}
    context |= {"field": "Phone", "value": text, "reason": text, "titles": [text, text]}
    context |= {"title": text, "words": text, "missing": 2, "wanted": 3, "due": "19 Jun 2024"}
    context |= {"name": text, "sent": "5 Jun 2024", "heading": text, "left": 3, "who": text}
    context |= {"day": "5 Jul 2024", "contact": text, "subject": text}
    context |= {"name": text, "sent": "5 Jun 2024", "invited": "5 Jun 2024", "deleted": text, "by": text}
    context |= {"name": text, "sent": "5 Jun 2024", "added": True, "when": "5 Jun 2024 10:00", "where": text}
    context |= {"email": "someone@farm.example", "code": "314159", "to_log_in": True}
    context |= {"is_reset": True, "factors": [text, text]}
    context |= {"month": text, "closing": text, "invoices": [(text, text, text)], "more": 2}
    context |= {"references": text, "amount": text, "state": "resolved_credit", "credit": text, "answer": text}
    context |= {"accounts": [{"title": text, "lines": [text]}], "credits": 0, "overdue": 1}
    sent_on = ForwardedDocument(kind="invoice", document_id="1", reference=text, on="2024-06-05")
    context |= {"document": sent_on, "sender_name": text, "sender_email": "someone@farm.example"}
    context |= {"customer": text, "again": False, "names": [text], "max_text": 2000, "quotes": [text]}
    context |= {"lines": [{"what": text, "about": text}]}
    context |= {"inviter": to, "inviter_name": text, "level": text, "areas": text, "limited_to": text, "colleague": to}
    context |= {"ended": True}
    context |= {"documents": 2, "count": text, "until": text, "time": "07:00", "as_at": "4 Jun 2024"}
    for template in MAILS:
        counted = {"invoices": 1} if template == "new_documents" else {}
        yield render_mail(render, template, head, to=to, **(context | counted))


def _mails(browser: Browser, scenario: Scenario, text: str) -> Seen:
    """Opened as a file: no policy holds a mail's scripts back, so there must be none."""
    seen = Seen()
    with window(browser) as page:
        for mail in mails_of(scenario, text):
            page.set_content(mail.html)
            found = [one for one in page.evaluate(FOUND) if "viewport" not in one]
            assert found == []
            words = page.evaluate("document.body.innerText")
            assert COMPUTED not in words + mail.subject + mail.text
            assert page.evaluate("document.querySelectorAll('a[href]').length") > 0
            seen += Seen(mails=1, read=sum(unescape(one) == one and one in words for one in TEXTS))
    return seen
