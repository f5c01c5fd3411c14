"""The Expert Group of an edition, and in what somebody has an interest."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from wsis_shared.errors import Conflict, Forbidden, Unavailable
from wsis_shared.parts import Parts

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.jury import rules
from wsis_prizes.jury.rules import Juror, Profile
from wsis_prizes.jury.store import Jurors
from wsis_prizes.projects.rules.projects import Project
from wsis_prizes.projects.store import Projects
from wsis_prizes.reviews.store import Reviews

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy

Taken = Collection[tuple[str, str, bool]]
"""(project, juror, whether the place is filled) of the reviews that there are."""


class Experts:
    """Asks accounts who they are; `accounts` is the client of that service."""

    def __init__(self, projects: Projects, reviews: Reviews, jurors: Jurors, accounts: ServiceProxy) -> None:
        self._projects, self._reviews, self._jurors, self._accounts = projects, reviews, jurors, accounts

    def role_holders(self) -> list[Profile]:
        """Profiles of all who hold the role of a juror, of whichever edition."""
        return list(self._accounts.profiles(role="juror"))

    def jurors(self, edition: str) -> list[Profile]:
        """Profiles of the Expert Group of an edition."""
        of_edition = self._jurors.jurors_of_edition(edition)
        return [profile for profile in self.role_holders() if profile["account"] in of_edition]

    def assign(
        self, edition: Edition, waiting: list[Project], profiles: list[Profile], per_project: int
    ) -> rules.Assignment:
        """Fill the missing places of these projects from these jurors, and mark those that still lack some."""
        made = self.plan(edition["_id"], waiting, profiles, per_project, self._reviews.pairs(edition["_id"]))
        due_at = phases.find(edition["phases"], phases.NOMINATION)["end"]
        categories = {project["_id"]: project["category"] for project in waiting}
        self._reviews.add_reviews(edition["_id"], made.pairs, categories, due_at)
        self._projects.mark_lacking(waiting, made.unassigned)
        return made

    def plan(
        self, edition: str, waiting: list[Project], profiles: list[Profile], per_project: int, taken: Taken
    ) -> rules.Assignment:
        """The same, and nothing is changed."""
        seats = self._jurors.seats(edition)
        jurors = [Juror.of(profile, seats.get(profile["account"])) for profile in profiles]
        return rules.assign(waiting, jurors, per_project, taken)

    def must_be_juror(self, account: str, edition: str) -> None:
        """Raises where the juror is not of the Expert Group of this edition: the role is that of all."""
        if account not in self._jurors.jurors_of_edition(edition):
            raise Forbidden("prizes.not_of_this_edition")

    def interests(self, account: str, edition: str) -> set[str]:
        """Categories that somebody neither sees nor decides, an officer as a juror: those in which a project of theirs
        or of their organization came in, whatever became of it, or in which they declared a conflict. If finalists
        alone counted, a category that is shown would tell that one's own is none."""
        profiles: dict[str, Profile] = {row["account"]: row for row in self._accounts.profiles(ids=[account])}
        return self.interests_of(profiles.get(account, {"account": account}), edition)

    def interests_of(self, profile: Profile, edition: str) -> set[str]:
        """The same of somebody whose profile is known."""
        one = Juror.of(profile, self._jurors.seat(edition, profile["account"]))
        came_in = self._projects.categories_of(edition, one.account, one.entities)
        return came_in | self._reviews.conflicts_of(edition, one.account)

    def must_be_neutral(self, account: str, project: Project) -> None:
        """Raises where the project is of a country or organization to which the juror is bound, or was at the
        appointment. Where accounts is away, what was known then decides."""
        try:
            profiles: list[Profile] = self._accounts.profiles(ids=[account])
        except Unavailable:
            profiles = []
        profile = next((row for row in profiles if row["account"] == account), Profile(account=account))
        if Juror.of(profile, self._jurors.seat(project["edition"], account)).is_bound_to(project):
            raise Conflict("prizes.own_project")

    def must_not_be_interested(self, account: str, edition: str, *categories: str) -> None:
        """Raises where they have an interest in one of the categories: another decides."""
        if self.interests(account, edition) & {*categories}:
            raise Conflict("prizes.interested")


def named(profile: Profile) -> str | None:
    """A person's names as one text."""
    called = profile.get("names")
    return " ".join(filter(None, called.values())) if isinstance(called, dict) else called


def experts_of(parts: Parts) -> Experts:
    """The Expert Group as this process asks for it."""
    return Experts(Projects(parts.db), Reviews(parts.db), Jurors(parts.db), parts.client("accounts"))
