"""Own programmes: members choose sessions, and follow them in a calendar."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts
from wsis_shared.sentences import Sentences
from wsis_shared.settings import Suite

from wsis_consultation.editions.rules import calendars
from wsis_consultation.own_programme import rules
from wsis_consultation.own_programme.store import OwnProgrammes
from wsis_consultation.programme.publication import feeds
from wsis_consultation.programme.rules import selection, versions
from wsis_consultation.programme.rules.versions import Frozen, Version
from wsis_consultation.programme.use_cases import compose as compose_programme
from wsis_consultation.programme.use_cases.public import PublicCases, brief

_say = Sentences("wsis_consultation", "pages")


class OwnProgrammeCases:
    """What members do with their programmes. Their responses have the address of the calendar, which opens it: none is
    stored. A repeat does no harm, and each change is one atomic write."""

    def __init__(self, store: OwnProgrammes, public: PublicCases, public_url: str) -> None:
        self._store, self._public, self._public_url = store, public, public_url

    @rpc
    def read_own_programme(self, ctx: Context, edition: str) -> JsonObject:
        """The chosen sessions, with those that were cancelled since. Raises NotFound."""
        version, own = self._public.version(edition), self._store.find(self._id(ctx, edition))
        chosen = _chosen(version, own)
        names, overlaps = versions.names(version, ctx.locale), rules.overlaps(chosen)
        codes = {row["id"]: row["code"] for row in chosen}
        return {
            "edition": edition,
            "version": version["number"],
            "time_zone": version["time_zone"],
            "sessions": [
                {**brief(row, names, ctx.locale), "overlaps": [codes[other] for other in overlaps.get(row["id"], ())]}
                for row in chosen
            ],
            "calendar": self._address(own, ctx.locale) if own else None,
        }

    @rpc(writes=True, store_response=False, repeatable=True)
    def choose_sessions(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """Add sessions by id or code. Raises NotFound where the last version has one of them not, or no longer."""
        version = self._public.version(edition)
        found = [
            selection.select(version["sessions"], {"session": name}, version["time_zone"]) for name in body["sessions"]
        ]
        if not all(found):
            raise NotFound("consultation.session_unknown")
        self._store.add(edition, str(ctx.actor.id), [rows[0]["id"] for rows in found], ctx.received_at)
        return self.read_own_programme(ctx, edition)

    @rpc(writes=True, store_response=False, repeatable=True)
    def drop_session(self, ctx: Context, edition: str, session: str) -> JsonObject:
        """Remove a session by id or code; a repeat changes nothing. Raises NotFound."""
        version = self._public.version(edition)
        filters = {"session": session}
        for row in selection.select(version["sessions"], filters, version["time_zone"], cancelled=True):
            self._store.remove(self._id(ctx, edition), row["id"], ctx.received_at)
        return self.read_own_programme(ctx, edition)

    @rpc(writes=True, store_response=False, repeatable=True)
    def renew_own_calendar(self, ctx: Context, edition: str) -> JsonObject:
        """Replace the address: the one so far opens nothing. Raises NotFound."""
        if not self._store.renew(self._id(ctx, edition), ctx.received_at):
            raise NotFound("consultation.calendar_unknown")
        return self.read_own_programme(ctx, edition)

    @rpc
    def read_own_calendar(self, ctx: Context, edition: str, token: str) -> calendars.Download:
        """The chosen sessions as iCalendar. Raises NotFound, which does not say whether there is such a programme."""
        own = self._store.opened(token)
        if own is None or own["edition"] != edition:
            raise NotFound("consultation.calendar_unknown")
        version = self._public.version(edition)
        return calendars.response(
            _say("own_programme_of", ctx.locale, year=edition),
            feeds.entries(version, ctx.locale, _chosen(version, own)),
            source=self._address(own, ctx.locale),
            filename=f"my-programme-{edition}",
        )

    def _id(self, ctx: Context, edition: str) -> str:
        return self._store.id_of(edition, str(ctx.actor.id))

    def _address(self, own: rules.OwnProgramme, locale: str) -> str:
        path = f"/v1/consultations/{own['edition']}/programme/own-calendars/{self._store.token_of(own)}"
        return f"{self._public_url}{path}?lang={locale}"


def _chosen(version: Version, own: rules.OwnProgramme | None) -> list[Frozen]:
    ids = set(own["sessions"]) if own else set()
    return [row for row in version["sessions"] if row["id"] in ids]


def compose(parts: Parts) -> OwnProgrammeCases:
    """The use cases with their collaborators; called once per process."""
    public_url = Suite.load().public_url.rstrip("/")
    return OwnProgrammeCases(OwnProgrammes(parts.db), compose_programme(parts).public, public_url)
