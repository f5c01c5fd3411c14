"""The demonstration where mails come late: nobody undoes what a mail is about before the mail is there."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wsis_local.supervise import Supervisor
from wsis_testkit import wait_for

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Suite
from wsis_demo.figures import is_quiet
from wsis_demo.mailbox import Mailbox

EDITION = "2071"
CONFIRMED = "consultation/registration_confirmed"


class Late(Mailbox):
    """No mail comes before somebody waits for one."""

    def __init__(self, address: str, go_on: Callable[[], Any]) -> None:
        super().__init__(address)
        self._go_on = go_on

    def wait(self, *asked: Any, **also: Any) -> dict[str, Any]:
        """Let them come, and wait."""
        self._go_on()
        return super().wait(*asked, **also)


def test_who_cancels_a_registration_has_got_the_mail_that_confirms_it(
    stage: Any, officer: Person, new_consultation: Any
):
    act, told = act_of("consultation"), new_consultation(EDITION)
    play, count = told.play, told.volumes.on_site + told.volumes.remote
    for one in play.registry.organizations(count):
        form = play.registry.member(one)
        told.contributions.append(act.state.Contribution(one, form, {}, stage.suite.register(form)))
    wait_for(lambda: is_quiet(play), 120, "mails of other tests to be gone")
    before = _states(officer)
    supervisor = Supervisor(Path(stage.environment["WSIS_RUN_DIR"]))

    def go_on() -> None:
        supervisor.signal("notifications", signal.SIGCONT)

    play.suite = Suite(stage.suite.address, Late(stage.suite.mailbox.address, go_on))
    supervisor.signal("notifications", signal.SIGSTOP)
    try:
        act.meeting.meet(play)
    finally:
        go_on()
        play.suite.close()
    wanted = play.expected()[CONFIRMED]
    wait_for(lambda: sum(_states(officer).values()) == sum(before.values()) + wanted and is_quiet(play), 120, "mails")
    assert _states(officer) == {**before, "sent": before.get("sent", 0) + wanted}


def _states(officer: Person) -> dict[str, int]:
    """How many mails that confirm a registration are in which state."""
    rows = officer.get("/v1/deliveries/figures")["templates"]
    return {row["state"]: row["count"] for row in rows if row["template"] == CONFIRMED}
