"""Entries of nominated projects: new ones, marks of champions and winners, and what follows when a project is out."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from marshmallow import ValidationError
from wsis_shared import clock, likeness
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import every, job, rpc

from wsis_stocktaking.duplicates.rules.likeness import profile
from wsis_stocktaking.duplicates.rules.pairs import LIKELY
from wsis_stocktaking.prizes import nominees, rules
from wsis_stocktaking.prizes.rules import Action, Project
from wsis_stocktaking.prizes.store import PrizeProjects
from wsis_stocktaking.prizes.use_cases.recording import Prizes, RecordingCases, start
from wsis_stocktaking.register.events import withdrawn
from wsis_stocktaking.register.publishing import publication
from wsis_stocktaking.register.rules.contents import Content
from wsis_stocktaking.register.rules.entries import PRIZES, Entry, changes_said, content_of
from wsis_stocktaking.register.store.register import NOW, Publication, Register

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

BATCH = 20

_log = logging.getLogger(__name__)


@dataclass
class _Step:
    """A project with what is to be done: `entry` is the one that there is, `content` that of a new one."""

    project: Project
    entry: Entry | None
    content: Content | None = None

    @property
    def action(self) -> Action:
        """What is to be done."""
        return rules.action(self.project, self.entry)

    @property
    def publishes(self) -> bool:
        """Whether there is something to publish. Of a project that is no nominee any more nothing is read: an event
        says so soon."""
        return self.action is Action.MARK or (self.action is Action.PUBLISH and self.content is not None)


class PublishingCases:
    """Brings entries up to date with what is recorded, some projects at a time."""

    def __init__(self, projects: PrizeProjects, register: Register, prizes: Prizes, recording: RecordingCases) -> None:
        self._projects, self._register, self._prizes, self._recording = projects, register, prizes, recording

    @every(10)
    def start_pending_prize_entries(self, jobs: Jobs) -> None:
        """A job for each edition with projects that are pending: those that came while a job ended, or that failed."""
        for edition in self._projects.pending_editions():
            start(jobs, edition)

    @rpc(writes=True)
    def start_prize_entries(self, jobs: Jobs, edition: str) -> Job:
        """Start the job that reads what the prizes have published; while it runs, it is that one."""
        return start(jobs, edition, read=True)

    @job()
    def publish_prize_entries(self, run: Run) -> Next | Finish:
        """One batch. The first step of a job that reads records what the prizes have published."""
        edition, done = str(run.arguments["edition"]), int(run.checkpoint or 0)
        if run.arguments["read"] and run.step == 0:
            self._read(edition)
        batch = self._projects.pending(edition, BATCH)
        if not batch:
            return run.finish({"edition": edition, "projects": done})
        done += self._follow(batch, clock.now())
        return run.next(done, done=done, total=done + self._projects.count_pending(edition))

    def _read(self, edition: str) -> None:
        self._recording.record(rules.NOMINATED, edition, self._prizes.nominees(edition))
        self._recording.record(rules.CHAMPION, edition, self._prizes.champions(edition))
        self._recording.record(rules.WINNER, edition, self._prizes.winners(edition))

    def _follow(self, batch: Sequence[Project], at: datetime) -> int:
        """How many projects are done. Of those of one entry the first is: what the entry has then decides about the
        next one, in a later step."""
        steps = list({_entry_of(step): step for step in reversed(self._prepare(batch))}.values())
        publishing = [step for step in steps if step.publishes]
        published = self._register.publish([self._publication(step, at) for step in publishing], at)
        done: dict[str, JsonObject] = {step.project["_id"]: {} for step in steps}
        for step, entry in zip(publishing, published, strict=True):
            done[step.project["_id"]] = _facts(step.project, entry)
        for step in steps:
            if step.action is Action.WITHDRAW and step.entry is not None:
                # Without its mark: a draft that is approved later must not bring it back.
                self._register.withdraw(_marked(step.entry, step.project), at, announce=lambda gone: (withdrawn(gone),))
            elif step.action is Action.STORE and step.entry is not None:
                self._register.save("entries", _marked(step.entry, step.project))
            elif step.action is Action.ASSIGN and step.entry is not None:
                self._register.save("entries", {**step.entry, "owner": step.project["account"], "changed_at": at})
        self._projects.finish(done)
        return len(done)

    def _prepare(self, batch: Sequence[Project]) -> list[_Step]:
        """The projects with their entries, or with the content of a new one."""
        ids = {row["_id"]: row.get("entry") or rules.entry_id(row["_id"]) for row in batch}
        entries = self._projects.survivors(ids.values())
        steps = [_Step(row, entries.get(ids[row["_id"]])) for row in batch]
        for step in steps:
            if step.action is Action.PUBLISH:
                step.content = self._content(step.project)
        self._link([step for step in steps if step.content is not None])
        return steps

    def _content(self, project: Project) -> Content | None:
        page = self._prizes.nominee(project["edition"], project["_id"])
        try:
            return nominees.content_of(page) if page is not None else None
        except ValidationError as error:
            unfit = sorted(map(str, error.normalized_messages()))
            _log.warning("a nominee has no entry", extra={"project": project["_id"], "fields": unfit})
            return None

    def _link(self, steps: Sequence[_Step]) -> None:
        """A submitter whose own entry is about the same project keeps that one."""
        own: dict[str, list[Entry]] = defaultdict(list)
        submitters = {str(account) for step in steps if (account := step.project.get("account"))}
        for entry in self._projects.public_of_owners(submitters):
            own[str(entry["owner"])].append(entry)
        for step in steps:
            assert step.content is not None  # noqa: S101 -- for the type
            step.entry = _likely_same(step.content, own.get(step.project.get("account") or "", ()), step.project)

    def _publication(self, step: _Step, at: datetime) -> Publication:
        project, prize = step.project, rules.prize_of(step.project)
        linked = project["_id"] if prize else None
        if step.entry is None:
            assert step.content is not None  # noqa: S101 -- for the type
            entry = self._register.new_entry(rules.entry_id(project["_id"]), PRIZES, project.get("account"), at)
            return publication({**entry, "project": linked}, step.content, source="prizes", prize=prize)
        owner = project["account"] if rules.owner_missing(project, step.entry) else step.entry["owner"]
        # A mark is no update by the organization: the entry is as old as it was.
        return publication(
            {**step.entry, "project": linked, "owner": owner},
            content_of(step.entry),
            source="prizes",
            prize=prize,
            last_updated_at=step.entry.get("last_updated_at", NOW),
        )


def _entry_of(step: _Step) -> str:
    return str(step.entry["_id"]) if step.entry else rules.entry_id(step.project["_id"])


def _marked(entry: Entry, project: Project) -> Entry:
    """The entry with the mark that its project has now."""
    prize = rules.prize_of(project)
    return {**entry, "prize": prize, "project": project["_id"] if prize else None}


def _facts(project: Project, entry: Entry) -> JsonObject:
    """What is stored of a project whose entry was published."""
    made = changes_said(entry)
    alone = entry["source"] == "prizes" and made - 1 == project.get("revisions", 0)
    return {"entry": entry["_id"], **({"revisions": made} if alone else {})}


def _likely_same(content: Content, own: Sequence[Entry], project: Project) -> Entry | None:
    """The entry that is most probably the same activity, if one is."""
    sought = profile(content)
    scored = [
        (likeness.score(sought, profile(content_of(entry))), entry)
        for entry in own
        if rules.marks_belong(project, entry)
    ]
    best = max(scored, key=lambda pair: pair[0], default=(0, None))
    return best[1] if best[0] >= LIKELY else None
