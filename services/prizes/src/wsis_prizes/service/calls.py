"""What the parts of the service have in common: the store, the peers, who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wsis_shared import context
from wsis_shared.context import Context

from wsis_prizes import errors
from wsis_prizes.store import Store


class Calls:
    """Base of the parts. The attributes are those of `PrizesService`."""

    store: Store
    accounts: Any
    voting: Any
    bus: Any
    job_response: Callable[[dict[str, Any]], dict[str, Any]]

    @staticmethod
    def ctx() -> Context:
        """The context of this call."""
        return context.current()

    @property
    def me(self) -> str:
        """The account that asks; the gateway lets no one else through to methods that read this."""
        return str(self.ctx().actor.id)

    def own(self, project: str) -> dict[str, Any]:
        """A project of the account that asks. Another's is NotFound."""
        found = self.store.project(project)
        if found["owner"] != self.me:
            raise errors.project_unknown(project)
        return found

    def submitted(self, project: str) -> dict[str, Any]:
        """A project that staff may see: one that has been submitted, whatever became of it. A draft is NotFound."""
        found = self.store.project(project)
        if "number" not in found:
            raise errors.project_unknown(project)
        return found

    def enqueue_certificates(self, projects: Iterable[str]) -> None:
        """Have certificates made, by one job for each project however many ask (`make_certificates`)."""
        for project in projects:
            self.bus.jobs.enqueue("make_certificates", {"project": project}, key=f"certificates|{project}")

    def jurors(self) -> list[dict[str, Any]]:
        """Profiles of all who hold the role."""
        return list(self.accounts.profiles(role="juror"))


def named(profile: dict[str, Any]) -> str | None:
    """A person's names as one text."""
    names = profile.get("names")
    return " ".join(filter(None, names.values())) if isinstance(names, dict) else names
