"""What officers publish, by pages alone: a report of the register as a PDF, and an issue of the newsletter in seven
languages, from its first word to the mail that a reader finds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit import wait_for

from wsis_demo.people import Registry

from .newsletter import subscribe
from .presses import again, field, follow, press, said
from .register import CONTENT, publish
from .test_desk_acts import RENDERED, build_global_report, shown
from .test_pages import overflow, violations

if TYPE_CHECKING:
    from wsis_demo.client import Suite

    from .conftest import Tab, Visitors

REASON = "As the Secretariat agreed"
TITLES = {
    "en": "Schools are online",
    "fr": "Les écoles sont en ligne",
    "es": "Las escuelas están en línea",
    "pt": "As escolas estão em linha",
    "ru": "Школы в сети",
    "ar": "المدارس على الإنترنت",
    "zh": "学校已上网",
}
LAST = "zh"  # written when the check has said that it is missing
SENT = 120  # seconds for a campaign, on a busy machine


@pytest.fixture
def desk(visitors: Visitors, officer: str) -> Tab:
    """An officer's tab."""
    return visitors.tab(officer)


def test_a_report_is_built_written_and_published(desk: Tab, visitors: Visitors, suite: Suite, officer: str) -> None:
    author = suite.register(next(Registry(13, f"report{os.urandom(4).hex()}").people(1)))
    publish(suite.sign_in(officer), author, author.post("/v1/entries", {"content": {**CONTENT, "title": TITLES}}))
    introduction = f"What schools did, {os.urandom(3).hex()}."
    build_global_report(desk)
    wait_for(lambda: shown(desk, "Open the draft"), RENDERED, what="the draft")
    follow(desk, "Open the draft")
    field(desk, "introduction.en").fill(introduction)
    press(desk, "Save the texts")
    desk.page.wait_for_url("**done=saved")
    assert "The texts are saved." in said(desk)
    press(desk, "Render the files again")
    desk.page.wait_for_url("**job=*")
    wait_for(lambda: not again(desk, "files out of date"), RENDERED, what="the files")
    field(desk, "reason").fill(REASON)
    press(desk, "Publish")
    assert "the report becomes public at once in these languages: English" in said(desk)
    press(desk, "Publish the report")
    desk.page.wait_for_url("**done=published")
    report = desk.page.get_by_role("link", name="Open the public page").get_attribute("href")
    visitor = visitors.tab(width=320)
    visitor.open(str(report))
    assert introduction in said(visitor)
    link = visitor.page.get_by_role("link", name="PDF").first.get_attribute("href")
    file = visitor.page.request.get(f"{visitor.address}{link}")
    assert file.body().startswith(b"%PDF")
    assert (desk.complaints, visitor.complaints) == ([], [])


def test_an_issue_is_written_in_seven_languages_checked_and_sent(
    desk: Tab, visitors: Visitors, suite: Suite, officer: str, axe: str
) -> None:
    reader = f"layla{os.urandom(3).hex()}@reader.browser.example"
    subscribe(suite, reader, "ar")
    issue = begin_an_issue(desk)
    write(desk, "title", LOCALES)
    follow(desk, "Contents")
    field(desk, "kind").select_option("forum")
    press(desk, "Add a section")
    desk.page.wait_for_url("**/sections/*")
    write(desk, "title", LOCALES)
    write(desk, "text", [code for code in LOCALES if code != LAST])
    desk.open(f"{issue}/send")
    finding = desk.page.locator(f"main a[href$='?into={LAST}']")
    assert "Section 1" in finding.locator("xpath=ancestor::li").inner_text()
    finding.click()
    source = desk.page.get_by_role("group", name="English", exact=True)
    assert TITLES["en"] in source.inner_text(), "the main language stands beside it"
    assert (violations(desk, axe), overflow(desk)) == ([], 0)
    write(desk, "text", [LAST])
    desk.open(f"{issue}/send")
    assert "The check finds nothing to mend." in said(desk)
    last = suite.mailbox.last(officer)
    press(desk, "Send a test mail")
    desk.page.wait_for_url("**done=tested")
    assert suite.mailbox.wait(officer, last, saying=(TITLES["en"],))
    press(desk, "The issue is ready")
    desk.page.wait_for_url("**done=moved")
    press(desk, "Prepare the sending")
    desk.page.wait_for_url("**/campaigns/*")
    press(desk, "Schedule")
    assert "What has left does not come back." in said(desk)
    with desk.page.expect_navigation():
        press(desk, "Schedule")
    wait_for(lambda: again(desk, "Finished"), SENT, what="the campaign to be sent")
    mail = suite.mailbox.wait(reader, saying=(TITLES["ar"],))
    assert TITLES["ar"] in mail["subject"]
    assert "Sent" in desk.page.locator("main section[aria-labelledby=figures]").inner_text()
    visitor = visitors.tab(language="zh")
    visitor.open("/zh/newsletter")
    follow(visitor, TITLES["zh"])
    assert TITLES["zh"] in visitor.heading()
    assert (desk.complaints, visitor.complaints) == ([], [])


# -- what the officer does ---------------------------------------------------------------------------------------------


def begin_an_issue(tab: Tab) -> str:
    """Its address."""
    tab.open("/en/desk/newsletter")
    field(tab, "month").fill("2018-07")
    tab.page.locator("main [name=topics][value=forum]").check(force=True)
    press(tab, "Begin an issue")
    tab.page.wait_for_url("**/head")
    return tab.page.url.removeprefix(tab.address).removesuffix("/head")


def write(tab: Tab, name: str, codes: Iterable[str]) -> None:
    """A text in these languages, and save."""
    for code in codes:
        field(tab, f"{name}.{code}").fill(TITLES[code])
    with tab.page.expect_navigation():
        press(tab, "Save")
    assert "Saved." in said(tab)
