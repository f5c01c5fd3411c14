"""Entrypoints of editions."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_consultation.use_cases.editions import compose


class EditionsEntrypoints(Service):
    """Editions and their phases."""

    editions = Composed(compose)

    @rpc
    def list_editions(self) -> dict[str, Any]:
        """All editions, the newest first."""
        return self.editions.list_editions(context.current())

    @rpc(writes=True)
    def open_edition(self, body: dict[str, Any]) -> dict[str, Any]:
        """Another edition, from the dates of one."""
        return self.editions.open_edition(context.current(), body)

    @rpc
    def read_edition(self, edition: str) -> dict[str, Any]:
        """An edition with its dates."""
        return self.editions.read_edition(context.current(), edition)

    @rpc
    def read_phases(self, edition: str) -> dict[str, Any]:
        """Phases with the current one marked."""
        return self.editions.read_phases(context.current(), edition)

    @rpc
    def read_phase_calendar(self, edition: str) -> dict[str, Any]:
        """Phases and deadlines as iCalendar."""
        return self.editions.read_calendar(context.current(), edition)

    @rpc
    def list_revisions(self, edition: str) -> dict[str, Any]:
        """Changes of the dates."""
        return self.editions.list_revisions(context.current(), edition)

    @rpc(writes=True)
    def remove_edition(self, edition: str, body: dict[str, Any]) -> None:
        """Remove an edition that was opened by mistake."""
        return self.editions.remove_edition(edition, body)

    @rpc(writes=True)
    def change_forum(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Other days, venue or theme of the Forum."""
        return self.editions.change_forum(context.current(), self.bus.jobs.enqueue, edition, body)

    @rpc(writes=True)
    def replace_phases(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Other phases."""
        return self.editions.replace_phases(context.current(), self.bus.jobs.enqueue, edition, body)

    @rpc(writes=True)
    def move_phase(self, edition: str, phase: str, body: dict[str, Any]) -> dict[str, Any]:
        """New times of a phase."""
        return self.editions.move_phase(context.current(), self.bus.jobs.enqueue, edition, phase, body)

    @rpc(writes=True)
    def move_deadline(self, edition: str, deadline: str, body: dict[str, Any]) -> dict[str, Any]:
        """A new moment of a deadline."""
        return self.editions.move_deadline(context.current(), self.bus.jobs.enqueue, edition, deadline, body)

    @job()
    def send_change_notices(self, run: Run) -> Next | Finish:
        """Tell everybody concerned."""
        return self.editions.send_change_notices(run)

    @rpc
    def describe_revision(self, data: dict[str, Any], account: str | None = None) -> dict[str, Any]:
        """What the mail about changed dates says. No route: notifications asks."""
        return self.editions.describe_revision(data)
