"""The published programme as everybody reads it: JSON and calendars."""

from __future__ import annotations

from wsis_shared import languages
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.editions.store import Editions
from wsis_consultation.programme.publication import feeds, schedule_xml
from wsis_consultation.programme.rules import selection, versions
from wsis_consultation.programme.rules.sessions import CANCELLED
from wsis_consultation.programme.rules.versions import Frozen, Version
from wsis_consultation.programme.store import Programme

_KEPT = 4  # versions in memory: each is a few hundred kilobytes


class PublicCases:
    """What everybody may read."""

    def __init__(self, store: Programme, editions: Editions, public_url: str) -> None:
        self._store, self._editions, self._public_url = store, editions, public_url
        self._versions: dict[str, Version] = {}  # frozen, so they never go stale

    def version(self, edition: str, number: str | None = None) -> Version:
        """A version, by default the last. Raises NotFound."""
        number = number or self._store.published(edition)
        if number is None:
            raise NotFound("consultation.programme_unknown", edition=edition)
        found = self._versions.get(f"{edition}-{number}")
        if found is None:
            found = self._store.version(edition, number)
            found["sessions"] = [selection.prepared(row) for row in found["sessions"]]
            self._versions = {**dict(list(self._versions.items())[1 - _KEPT :]), found["_id"]: found}
        return found

    def last(self, edition: str) -> Version | None:
        """The last version; None before the first."""
        number = self._store.published(edition)
        return self.version(edition, number) if number else None

    @rpc
    def read_programme(self, ctx: Context, edition: str, **filters: object) -> JsonObject:
        """The last version, or the sessions of it that fit. Raises NotFound."""
        return _programme(self.version(edition), filters, ctx.locale)

    @rpc
    def read_programme_version(self, ctx: Context, edition: str, number: str) -> JsonObject:
        """A version. Raises NotFound."""
        return _programme(self.version(edition, number), {}, ctx.locale)

    @rpc
    def read_programme_session(self, ctx: Context, edition: str, code: str) -> JsonObject:
        """One session by its id or code, with its outcome; one that was cancelled says so, and why. Raises
        NotFound."""
        version = self.version(edition)
        chosen = selection.select(version["sessions"], {"session": code}, version["time_zone"], cancelled=True)
        if not chosen:
            raise NotFound("consultation.session_unknown")
        row, live = chosen[0], self._store.session(edition, chosen[0]["id"])
        made = brief(row, versions.names(version, ctx.locale), ctx.locale)
        cancelled = row["state"] == CANCELLED or bool(live.get("withdrawn_at"))
        language, why = languages.pick(live.get("notice") or {}, ctx.locale) if cancelled else ("", "")
        return {
            **made,
            "abstract": row["abstract"],
            "outcome": live["outcome"],
            "logo": live["logo"] is not None,
            "state": CANCELLED if cancelled else row["state"],
            "cancelled_why": {"text": why, "language": language} if why else None,
        }

    @rpc
    def read_programme_calendar(self, ctx: Context, edition: str, **filters: object) -> JsonObject:
        """The programme, or a part of it, as iCalendar; cancelled sessions stay in it as CANCELLED."""
        version = self.version(edition)
        return feeds.calendar(
            version, ctx.locale, _with_cancelled(version, filters), source=self._source(edition, "calendar", filters)
        )

    @rpc
    def read_programme_calendar_xml(self, ctx: Context, edition: str, **filters: object) -> JsonObject:
        """The same as xCal."""
        version = self.version(edition)
        source = self._source(edition, "calendar.xml", filters)
        return feeds.calendar_xml(version, ctx.locale, _with_cancelled(version, filters), source=source)

    def _source(self, edition: str, name: str, filters: Input) -> str:
        query = "&".join(f"{name}={value}" for name, value in sorted(filters.items()) if value)
        return f"{self._public_url}/v1/consultations/{edition}/programme/{name}{'?' if query else ''}{query}"

    @rpc
    def read_programme_schedule(self, ctx: Context, edition: str) -> JsonObject:
        """The programme in the exchange format of conference apps."""
        version = self.version(edition)
        return feeds.schedule(self._editions.find(edition), version, ctx.locale, self._public_url)

    @rpc
    def read_programme_schedule_xml(self, ctx: Context, edition: str) -> JsonObject:
        """The same as XML."""
        text = schedule_xml.document(self.read_programme_schedule(ctx, edition))
        return {"text": text, "filename": f"schedule-{edition}.xml"}


def _with_cancelled(version: Version, filters: Input) -> list[Frozen]:
    return selection.select(version["sessions"], filters, version["time_zone"], cancelled=True)


def _programme(version: Version, filters: Input, locale: str) -> JsonObject:
    zone = version["time_zone"]
    chosen, names = selection.select(version["sessions"], filters, zone), versions.names(version, locale)
    every = selection.select(version["sessions"], {}, zone)
    days = {day for row in every for day in selection.days_of(row, zone)}
    held = {row["type"] for row in every}
    return {
        "edition": version["edition"],
        "kind": version["kind"],
        "published_at": version["published_at"],
        "time_zone": zone,
        "version": version["number"],
        "note": languages.in_language(version["note"], locale) or None,
        "days": sorted(days),
        "types": [{"code": code, "title": title} for code, title in names.types.items() if code in held],
        "total": len(chosen),
        "sessions": [brief(row, names, locale) for row in chosen],
    }


def brief(row: Frozen, names: versions.Names, locale: str) -> JsonObject:
    """A session as lists of the programme have it; `names` are those of its version for this reader."""
    return {
        **row,
        "title": languages.in_language(row["title"], locale),
        "titles": row["title"],
        "type_title": names.type(row["type"]),
        "room_name": names.room(row["room"]),
    }
