"""What the parts of the service have in common: the store, the peers, who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from wsis_shared import context
from wsis_shared.context import Context

from wsis_prizes import errors
from wsis_prizes.domain import finalists, names
from wsis_prizes.store import Store

TOGETHER = 8  # projects whose certificates one job makes: its child process takes as long to start as to make one's


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
        """Have certificates made, by one job for some projects however many ask (`make_certificates`)."""
        left = list(projects)
        while left:
            some, left = left[:TOGETHER], left[TOGETHER:]
            # A process of the former version makes those of the first; the others are made when they are read.
            arguments = {"project": some[0], "others": some[1:]}
            self.bus.jobs.enqueue("make_certificates", arguments, key=f"certificates|{'|'.join(some)}")

    def role_holders(self) -> list[dict[str, Any]]:
        """Profiles of all who hold the role of a juror, of whichever edition."""
        return list(self.accounts.profiles(role="juror"))

    def jurors(self, edition: str) -> list[dict[str, Any]]:
        """Profiles of the Expert Group of an edition."""
        of_edition = self.store.jurors_of_edition(edition)
        return [profile for profile in self.role_holders() if profile["account"] in of_edition]

    def must_be_juror(self, edition: str) -> None:
        """Raises where the juror who asks is not of the Expert Group of this edition: the role is that of all."""
        if self.me not in self.store.jurors_of_edition(edition):
            raise errors.not_of_this_edition()

    def interests(self, edition: str, profile: dict[str, Any] | None = None) -> set[str]:
        """Categories that somebody neither sees nor decides, an officer as a juror: those in which a project of theirs
        or of their organization came in, whatever became of it, or in which they declared a conflict. If finalists
        alone counted, a category that is shown would tell that one's own is none."""
        account = profile["account"] if profile else self.me
        if profile is None:
            profile = next((row for row in self.accounts.profiles(ids=[account]) if row["account"] == account), None)
        organization = (profile or {}).get("organization")
        entity = names.entity(organization) if organization else None
        return self.store.categories_of(edition, account, entity) | self.store.conflicts_of(edition, account)

    def must_not_be_interested(self, edition: str, *categories: str) -> None:
        """Raises where whoever asks has an interest in one of the categories: another decides."""
        if self.interests(edition) & {*categories}:
            raise errors.interested()

    def results(self, doc: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """Category -> its stored result, with what explains it."""
        rows = self.store.results(doc["_id"])
        return {category: finalists.explained(row, doc["settings"]) for category, row in rows.items()}


def named(profile: dict[str, Any]) -> str | None:
    """A person's names as one text."""
    called = profile.get("names")
    return " ".join(filter(None, called.values())) if isinstance(called, dict) else called
