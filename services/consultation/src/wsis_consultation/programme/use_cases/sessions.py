"""Sessions in the hands of officers: made of requests, accepted or declined, changed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypedDict

from wsis_shared import audit, clock, revisions
from wsis_shared.context import Context
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import job, rpc
from wsis_shared.revisions import IfMatch

from wsis_consultation.editions.rules.editions import session_types
from wsis_consultation.editions.store import Editions
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.programme import errors
from wsis_consultation.programme.rules import outcomes, requests, sessions
from wsis_consultation.programme.rules.keys import lookalikes
from wsis_consultation.programme.rules.themes import NamedRequest
from wsis_consultation.programme.store import Programme
from wsis_consultation.programme.use_cases import organizers
from wsis_consultation.programme.use_cases.notices import Notices
from wsis_consultation.submissions.rules.contents import Request
from wsis_consultation.submissions.rules.lifecycle import RECEIVED, Submission

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Next, Run
    from wsis_shared.jobs.states import Job

SIMILAR = 200  # pairs of speakers shown
STEP = 50  # submissions in one step of the job
Asked = tuple[Submission, Request]  # a submission and one of its requests


class SimilarSpeaker(TypedDict):
    """A speaker with the codes of their sessions."""

    key: str
    name: str
    sessions: list[str]


class SessionCases:
    """What officers do with sessions."""

    def __init__(self, store: Programme, editions: Editions, index: SubmissionIndex, notices: Notices) -> None:
        self._store, self._editions, self._index, self._notices = store, editions, index, notices

    @rpc
    def list_sessions(self, edition: str, limit: int = 20, after: str | None = None, **filters: object) -> JsonObject:
        """Sessions by number."""
        found = self._editions.find(edition)
        page = self._store.page_of_sessions(edition, _query(filters), after, limit)
        return page.response(lambda row: organizers.session_row(row, found))

    @rpc
    def read_session(self, edition: str, session: str) -> JsonObject:
        """A session with everything. Raises NotFound."""
        return organizers.session(self._store.session(edition, session), self._editions.find(edition))

    @rpc
    def list_similar_speakers(self, edition: str) -> JsonObject:
        """Speakers whose keys differ and look alike: perhaps one person, whose clashes would not be seen."""
        self._editions.find(edition)
        speakers: dict[str, SimilarSpeaker] = {}
        for session in self._store.sessions(edition):
            for row in {each["key"]: each for each in session["speakers"]}.values():
                known = speakers.setdefault(row["key"], {"key": row["key"], "name": row["name"], "sessions": []})
                known["sessions"].append(session["code"])
        pairs = lookalikes(speakers)[:SIMILAR]
        return {"items": [{"likeness": like, "speakers": [speakers[key] for key in both]} for *both, like in pairs]}

    @rpc(writes=True)
    def create_session(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A session that nobody requested."""
        found = self._editions.find(edition)
        types = session_types(found)
        type = sessions.type_of(body["type"], types)
        number = self._store.take_numbers(edition, 1) + 1
        made = sessions.changed(sessions.new(edition, type, number, ctx.new_id(), body["title"]), body, types)
        entry = audit.entry("consultation.session_created", f"session/{made['_id']}", None, {"number": number})
        return organizers.session(self._store.save("sessions", made, entry), found)

    @rpc(writes=True)
    def change_session(self, edition: str, session: str, body: Input, if_match: IfMatch = None) -> JsonObject:
        """Change fields of a session; the deadline of its organizers does not bind officers. Raises NotFound, Invalid,
        PreconditionFailed."""
        before, found = self._store.session(edition, session), self._editions.find(edition)
        revisions.require(before, sessions.edited(before), if_match)
        after = sessions.changed(before, body, session_types(found))
        entry = audit.entry("consultation.session_changed", f"session/{session}", None, {"fields": sorted(body)})
        saved = self._store.save("sessions", after, entry)
        if saved["outcome"]:
            self._store.replace_matrix(session, outcomes.matrix_rows(saved))  # its rows have the title and the type
        return organizers.session(saved, found)

    @rpc(writes=True)
    def decide_session(self, edition: str, session: str, body: Input) -> JsonObject:
        """Accept, decline or cancel; its authors are told with the next version. Raises Conflict."""
        before = self._store.session(edition, session)
        sessions.require_change(before, body["status"], body["reason"])
        after: sessions.Session = {
            **before,
            "status": body["status"],
            "reason": body["reason"],
            "note": body.get("note") or before.get("note"),
            "notice": body.get("notice") or {},
            "withdrawn_at": None,
        }
        entry = audit.entry(
            "consultation.session_decided",
            f"session/{session}",
            {"status": before["status"]},
            {"status": body["status"]},
            body["reason"],
        )
        return organizers.session(self._store.save("sessions", after, entry), self._editions.find(edition))

    @rpc(writes=True)
    def decide_sessions(self, edition: str, body: Input) -> JsonObject:
        """One decision on many sessions, all or none; each has its entry in the audit log. Raises NotFound, Invalid
        with the sessions on which it cannot be taken."""
        self._editions.find(edition)
        status, reason = body["status"], body["reason"]
        sessions.require_reason(status, reason)
        ids = list(dict.fromkeys(body["sessions"]))
        known = {row["_id"]: row for row in self._store.sessions_by_id(ids) if row["edition"] == edition}
        if problems := sessions.refusals(body["sessions"], known, status):
            raise errors.sessions_not_decided(problems)
        changed = [known[id] for id in ids if known[id]["status"] != status]

        def entry(row: sessions.Session) -> PendingEvent:
            return audit.entry(
                "consultation.session_decided",
                f"session/{row['_id']}",
                {"status": row["status"]},
                {"status": status},
                reason,
            )

        decision = {"status": status, "reason": reason, "notice": {}, "withdrawn_at": None}
        self._store.change_sessions(edition, changed, decision, entry)
        return {"decided": len(changed)}

    @rpc(writes=True)
    def let_in_late_details(self, ctx: Context, edition: str, session: str, body: Input) -> JsonObject:
        """The organizers may file details after the deadline."""
        before = self._store.session(edition, session)
        late: sessions.LateDetails = {"by": ctx.actor.id, "reason": body["reason"], "at": clock.iso(ctx.received_at)}
        entry = audit.entry("consultation.session_let_in_late", f"session/{session}", None, late, body["reason"])
        before["details_late"] = late
        saved = self._store.save("sessions", before, entry)
        return organizers.session(saved, self._editions.find(edition))

    @rpc(writes=True)
    def make_sessions(self, edition: str, body: Input) -> JsonObject:
        """Make sessions of requests. A request that is part of a session already stays there: repeating it has no
        effect. Raises Invalid for a request that does not exist."""
        self._editions.find(edition)
        asked = self._requests(edition, body["requests"])
        if body["into"]:
            return self._merge(edition, self._store.session(edition, body["into"]), asked)
        return self._make(edition, [asked] if body["merge"] else [[one] for one in asked])

    @rpc(writes=True)
    def start_making_sessions(self, jobs: Jobs, edition: str) -> Job:
        """Start the job that makes a session of each request that has none."""
        self._editions.find(edition)
        return jobs.enqueue("make_all_sessions", {"edition": edition}, key=f"make_all_sessions|{edition}")

    @job()
    def make_all_sessions(self, run: Run) -> Finish | Next:
        """One step of the job that makes a session of each request that has none."""
        edition, (done, made) = str(run.arguments["edition"]), run.checkpoint or (0, 0)
        last = max((int(row["number"]) for row in self._index.of(edition)), default=0)
        if done >= last:
            return run.finish({"made": made})
        rows = self._store.submissions_after(edition, done, STEP)
        asked = [[(row, each)] for row in rows for each in row.get("requests") or () if requests.becomes_session(each)]
        made += len(self._make(edition, asked)["made"])
        done = min(done + STEP, last)
        return run.next((done, made), done=done, total=last)

    @rpc(writes=True)
    def remind_organizers(self, edition: str) -> JsonObject:
        """Remind the organizers of accepted sessions without final details."""
        self._editions.find(edition)
        missing = [row for row in self._store.sessions(edition, accepted=True) if row["details_at"] is None]
        mails = self._notices.remind(edition, missing)
        return {"sessions": len(missing), "mails": mails}

    def _requests(self, edition: str, named: list[NamedRequest]) -> list[Asked]:
        found = self._store.submissions(edition, {row["submission"] for row in named})
        known = {
            (id, row["id"]): (submission, row)
            for id, submission in found.items()
            for row in submission.get("requests") or ()
            if submission["state"] == RECEIVED and requests.becomes_session(row)
        }
        keys = [(row["submission"], row["request"]) for row in named]
        if unknown := [number for number, key in enumerate(keys) if key not in known]:
            raise errors.requests_unknown(unknown)
        return [known[key] for key in dict.fromkeys(keys)]

    def _make(self, edition: str, groups: list[list[Asked]]) -> dict[str, list[str]]:
        """One session for each group of requests, of those that are not in a session yet."""
        types = session_types(self._editions.find(edition))
        present = self._present(edition, [one for group in groups for one in group])
        groups = [new for group in groups if (new := [one for one in group if _key(one) not in present])]
        last = self._store.take_numbers(edition, len(groups)) if groups else 0
        themes = {key: theme["_id"] for theme in self._store.themes(edition) for key in theme["requests"]}
        made = []
        for number, (first, *others) in enumerate(groups, start=last + 1):
            id = uuid.uuid5(uuid.NAMESPACE_URL, f"{edition}/{_key(first)}").hex
            session = requests.from_request(*first, number, id, types)
            for one in others:
                session = requests.merged(session, *one)
            theme = next((themes[key] for key in session["requests"] if key in themes), None)
            session["theme"] = theme
            made.append(session)
        if made:
            after = {"sessions": [session["number"] for session in made]}
            self._store.add_sessions(made, audit.entry("consultation.sessions_made", f"edition/{edition}", None, after))
        return {"made": [session["_id"] for session in made], "present": sorted(set(present.values()))}

    def _merge(self, edition: str, session: sessions.Session, asked: list[Asked]) -> JsonObject:
        self._store.take_numbers(edition, 0)
        present = self._present(edition, asked)
        for one in asked:
            if _key(one) not in present:
                session = requests.merged(session, *one)
        entry = audit.entry(
            "consultation.session_merged", f"session/{session['_id']}", None, {"requests": session["requests"]}
        )
        self._store.save("sessions", session, entry)
        return {"made": [], "present": [session["_id"]]}

    def _present(self, edition: str, asked: list[Asked]) -> dict[str, str]:
        return self._store.sessions_of_requests(edition, [_key(one) for one in asked]) if asked else {}


def _key(request: Asked) -> str:
    return requests.request_key(request[0]["_id"], request[1]["id"])


def _query(filters: JsonObject) -> JsonObject:
    query: dict[str, object] = {
        name: filters[name] for name in ("status", "type", "track", "theme") if filters.get(name)
    }
    query |= {
        field: filters[name] for name, field in (("action_line", "action_lines"), ("sdg", "sdgs")) if filters.get(name)
    }
    for name, field in (("details", "details_at"), ("outcome", "outcome")):
        if filters.get(name):
            query[field] = None if filters[name] == "missing" else {"$ne": None}
    return query
