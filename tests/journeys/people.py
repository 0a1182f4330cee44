"""What people do in a window of the portal: click, type and read as they would. Works with and without scripts."""

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from infra.local.mailbox import MAILBOX_PATH

PASSWORD = "copper lantern meadow"


@dataclass(frozen=True, slots=True)
class Login:
    """How somebody logs in. `login_path` is the path of the page for it."""

    email: str
    password: str = PASSWORD
    login_path: str = "/login"


def log_in(page: Page, url: str, who: Login) -> None:
    """From the login page to the first page behind it."""
    page.goto(url + who.login_path)
    page.get_by_label("User Name", exact=True).fill(who.email)
    page.get_by_label("Password", exact=True).fill(who.password)
    page.get_by_role("button", name="Log In", exact=True).click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def log_out(page: Page) -> None:
    """By the button at the end of the bar."""
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("status").filter(has_text="You are logged out.")).to_be_visible()


def find_customer(page: Page, url: str, ref: str) -> None:
    """Customer Accounts with the row of one customer."""
    page.goto(f"{url}/staff/accounts")
    page.get_by_label("Search in").select_option("Number")
    page.get_by_label("Search", exact=True).fill(ref)
    page.get_by_label("Search", exact=True).press("Enter")
    expect(page.locator("#results").get_by_text("1 customer,")).to_be_visible()


def invite(page: Page, url: str, ref: str, name: str) -> None:
    """As dealer staff, from the list of customers."""
    find_customer(page, url, ref)
    page.get_by_role("button", name=f"Invite {name}").click()
    expect(page.get_by_text("An invitation is on its way to")).to_be_visible()


def open_mail(page: Page, url: str, subject: str, to: str) -> None:
    """The newest mail to somebody, once it has come."""
    row = page.get_by_role("row").filter(has_text=to).filter(has_text=subject).first
    for _ in range(60):
        page.goto(url + MAILBOX_PATH)
        if row.is_visible():
            break
        page.wait_for_timeout(250)
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(subject)


def follow_mail(page: Page, words: str, *, scripts: bool) -> None:
    """Click the button of the mail that is open; without scripts, the link in its text."""
    if scripts:
        page.frame_locator("iframe").get_by_role("link", name=words).click()
    else:
        page.get_by_role("link", name="/i/").first.click()


def complete_my_account(page: Page, url: str, email: str, *, scripts: bool = True) -> None:
    """From the invitation in the mailbox to the login page."""
    open_mail(page, url, "Create Your Account", email)
    follow_mail(page, "Complete My Account", scripts=scripts)
    expect(page.get_by_role("heading", name="Complete My Account")).to_be_visible()
    expect(page.get_by_label("User Name", exact=True)).to_have_value(email)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Save password and continue").click()
    expect(page.get_by_text("Your password is saved")).to_be_visible()


def upload(page: Page, url: str, bundle: Path) -> None:
    """As dealer staff, by the form of the Imports page, until the run of this bundle shows."""
    page.goto(f"{url}/staff/imports")
    form = page.get_by_role("form", name="Upload an export")
    form.get_by_label("Upload an export").set_input_files(bundle)
    form.get_by_role("button", name="Upload", exact=True).click()
