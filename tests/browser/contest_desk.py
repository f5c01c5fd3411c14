"""What an officer does on the desk of a contest, from one page to the next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from wsis_shared import clock
from wsis_testkit import wait_for

from .presses import again, choose, field, figure, follow, press, said

if TYPE_CHECKING:
    from .conftest import Tab

REASON, CATEGORY = "As the Secretariat agreed", "C1"
STORED = 120  # seconds for what services do by themselves, such as the count of the votes


class ContestDesk:
    """The pages of one edition, which `open_edition` opens."""

    def __init__(self, tab: Tab) -> None:
        self._tab = tab
        self.year = ""

    def open_edition(self) -> None:
        """The one before the others, so that the front page stays that of theirs."""
        tab = self._tab
        tab.open("/en/desk/editions")
        rows = tab.page.locator("main a[href*='/desk/editions/']")
        years = rows.evaluate_all("links => links.map(link => Number(link.pathname.split('/').pop()))")
        self.year = str(min(years) - 1)
        field(tab, "edition").fill(self.year)
        field(tab, "copy_from").select_option("2017")
        field(tab, "reason").fill(REASON)
        press(tab, "Open an edition")
        tab.page.wait_for_url("**done=opened")
        assert "The edition is open." in said(tab)

    def leave_one_category(self) -> None:
        """So that a ballot is short."""
        tab = self._tab
        self._part("Settings")
        for box in tab.page.locator(f"main [name=categories]:not([value={CATEGORY}])").all():
            box.uncheck(force=True)
        field(tab, "reason").fill(REASON)
        press(tab, "Save")
        tab.page.wait_for_url("**done=set")

    def move(self, phase: str, start: timedelta | None, end: timedelta | None) -> None:
        """Give a phase new dates, in Geneva's time as seen from now; None leaves one."""
        tab = self._tab
        tab.open(f"/en/desk/editions/{self.year}")
        tab.page.locator(f"main a[href$='/phases/{phase}']").click()
        for name, after in (("start", start), ("end", end)):
            if after is not None:
                moment = clock.to_geneva(clock.now() + after)
                field(tab, name).fill(moment.strftime("%Y-%m-%dT%H:%M"))
        press(tab, "Show what changes")
        field(tab, "reason").fill(REASON)
        press(tab, "Change the dates")
        tab.page.wait_for_url("**done=moved")
        assert "The dates are changed." in said(tab)

    def decide_eligibility(self, refused: str, reason: str) -> None:
        """Of each project that waits; one is not eligible."""
        tab = self._tab
        tab.open(f"/en/desk/editions/{self.year}")
        follow(tab, "Eligibility to decide")
        while (links := tab.page.locator("main table a")).count():
            links.first.click()
            eligible = refused not in tab.heading()
            choose(tab, "Eligible" if eligible else "Not eligible")
            field(tab, "reason").fill(REASON if eligible else reason)
            press(tab, "Decide")
            tab.page.wait_for_url("**done=decided")
            assert "The decision is stored." in said(tab)

    def appoint(self, account: str) -> None:
        """Name the juror for the edition, and assign what there is to review."""
        tab = self._tab
        self._part("Expert Group and reviews")
        tab.page.locator(f"main a[href$='/jury/{account}']").click()
        press(tab, "Name for this edition")
        tab.page.wait_for_url("**done=named")
        field(tab, "per_project").fill("1")
        press(tab, "Show what changes")
        assert "2 reviews are assigned. 1 juror is mailed." in said(tab)
        press(tab, "Assign the reviews")
        tab.page.wait_for_url("**done=assigned")
        assert "Finished reviews: 0 of 2" in said(tab)

    def nominate(self, *titles: str) -> None:
        """By name, and publish the list."""
        tab = self._tab
        self._part("Nominations")
        tab.page.locator(f"main a[href$='/nominations/{CATEGORY}']").click()
        for title in titles:
            choose(tab, title)
        field(tab, "reason").fill(REASON)
        press(tab, "Show what changes")
        assert "2 projects of this category are in the list." in said(tab)
        press(tab, "Fix the list")
        tab.page.wait_for_url("**done=fixed")
        press(tab, "Publish the nominees")
        assert "about the outcome" in said(tab)
        press(tab, "Publish the nominees")
        tab.page.wait_for_url("**job=*")
        wait_for(lambda: not again(tab, "not published"), STORED, what="the list to be published")

    def see_the_turnout(self, ballots: int) -> None:
        """Once the votes are stored: open, and how many."""
        tab = self._tab
        tab.open(f"/en/desk/editions/{self.year}/turnout")
        wait_for(lambda: figure(tab, "Complete ballots") == str(ballots), STORED, what="the votes in the turnout")
        assert "open" in said(tab)

    def exclude(self, group: str, ballots: int) -> None:
        """Look for groups, and exclude the ballots of one."""
        tab = self._tab
        follow(tab, "Groups of ballots")
        press(tab, "Look for groups now")
        wait_for(lambda: again(tab, group), STORED, what="the group")
        follow(tab, group)
        choose(tab, "Exclude")
        field(tab, "reason").fill(REASON)
        press(tab, "Continue")
        assert f"{ballots} ballots leave the valid count." in said(tab)
        press(tab, "Confirm the decision")
        tab.page.wait_for_url("**job=*")
        wait_for(lambda: figure(tab, "ballots excluded") == str(ballots), STORED, what="the exclusion")

    def see_the_certification(self) -> None:
        """It comes by itself once the voting is closed."""
        tab = self._tab
        tab.open(f"/en/desk/editions/{self.year}/certification")
        wait_for(lambda: again(tab, "Certified:"), STORED, what="the certification")

    def fix_the_finalists(self) -> None:
        """Those with the most votes; the officer confirms what the service has counted."""
        tab = self._tab
        self._part("Finalists")
        wait_for(lambda: again(tab, "Continue"), STORED, what="the result at the contest")
        press(tab, "Continue")
        press(tab, "Fix the finalists now")
        tab.page.wait_for_url("**done=fixed")
        assert "The finalists are fixed." in said(tab)

    def announce_the_champions(self) -> None:
        """The only one: what was excluded made no champion."""
        tab = self._tab
        self._part("Announcement")
        press(tab, "Continue")
        assert "1 champion becomes public" in said(tab)
        press(tab, "Announce the champions now")
        tab.page.wait_for_url("**done=champions")
        assert "The champions are announced." in said(tab)

    def release_the_winners(self) -> None:
        """At the ceremony."""
        tab = self._tab
        self._part("Announcement")
        field(tab, "reason").fill(REASON)
        press(tab, "Continue")
        press(tab, "Release the winners now")
        tab.page.wait_for_url("**done=winners")
        assert "The winners are released." in said(tab)

    def _part(self, name: str) -> None:
        self._tab.open(f"/en/desk/editions/{self.year}")
        follow(self._tab, name)
