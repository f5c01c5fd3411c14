"""The index of submissions, their counts and the coverage report."""

from __future__ import annotations

from wsis_shared import paging
from wsis_shared.context import Actor, Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_consultation.editions.store import Editions
from wsis_consultation.index import rules as index_rules
from wsis_consultation.index.store import ContactOf, SubmissionIndex
from wsis_consultation.overview import rules
from wsis_consultation.submissions.rules.lifecycle import receipt_number
from wsis_consultation.submissions.store import Submissions


class OverviewCases:
    """What is read of all submissions."""

    def __init__(self, editions: Editions, index: SubmissionIndex, submissions: Submissions) -> None:
        self._editions, self._index, self._submissions = editions, index, submissions

    @rpc
    def list_submissions(
        self, ctx: Context, edition: str, limit: int = 20, after: str | None = None, **filters: object
    ) -> JsonObject:
        """A page of the rows that match, by number, and how many match in all."""
        found = self._matching(ctx, edition, filters)
        passed = paging.decode(after)
        rest = found if passed is None else [row for row in found if row["number"] > passed[0]]
        shown = [{**row, "receipt": receipt_number(edition, row["number"])} for row in rest[: limit + 1]]
        return {**paging.page(shown, limit, "number"), "total": len(found)}

    @rpc
    def count_submissions(self, ctx: Context, edition: str, **filters: object) -> JsonObject:
        """Counts and shares of the rows that match."""
        found = self._matching(ctx, edition, filters)
        merged = bool(filters.get("merged"))
        return {"total": len(found), "as_of": index_rules.latest(found), **rules.count(found, merged=merged)}

    @rpc
    def read_input(self, ctx: Context, edition: str, submission: str) -> JsonObject:
        """What a submission says, for officers and the agencies of its action lines. Raises NotFound for others."""
        found = self._submissions.find(edition, submission)
        if (
            found is None
            or found["state"] == index_rules.WITHDRAWN
            or not index_rules.naming([found], _lines(ctx.actor))
        ):
            raise NotFound("consultation.submission_unknown")
        return rules.from_submission(found)

    @rpc
    def list_contacts(self, edition: str, limit: int = 20, after: str | None = None) -> JsonObject:
        """Whom the secretariat writes to about each submission; after an erasure nobody."""
        self._editions.find(edition)
        return self._index.contacts(edition, after, limit).response(lambda row: _to_contact(edition, row))

    @rpc
    def read_coverage(self, edition: str) -> JsonObject:
        """What is unheard so far, for everybody."""
        found = self._received(edition)
        counted = rules.count(found, merged=False)
        return {
            "edition": edition,
            "total": len(found),
            "as_of": index_rules.latest(found),
            "unheard": rules.unheard(found),
            "counts": {name: counted[name] for name in rules.DIMENSIONS},
            "cells": rules.cells(found),
        }

    @rpc
    def list_coverage(self, ctx: Context, edition: str, limit: int = 20, after: str | None = None) -> JsonObject:
        """Each code with the types and regions from which nobody has named it."""
        details = [
            {**each, "title": index_rules.title(each["dimension"], each["code"], ctx.locale), "position": position}
            for position, each in enumerate(rules.details(self._received(edition)))
        ]
        passed = paging.decode(after)
        first = 0 if passed is None else passed[0] + 1
        return paging.page(details[first : first + limit + 1], limit, "position")

    def _received(self, edition: str) -> list[index_rules.Row]:
        self._editions.find(edition)
        return index_rules.matching(self._index.of(edition), {"state": index_rules.RECEIVED})

    def _matching(self, ctx: Context, edition: str, filters: Input) -> list[index_rules.Row]:
        first, end = filters.get("received_from"), filters.get("received_to")
        if first is not None and end is not None and end <= first:
            raise Invalid(
                "consultation.period_inverted",
                fields={"received_to": ["It must be later than the beginning of the period."]},
            )
        self._editions.find(edition)
        return index_rules.matching(index_rules.naming(self._index.of(edition), _lines(ctx.actor)), filters)


def _to_contact(edition: str, row: ContactOf) -> JsonObject:
    contact: JsonObject = row["contact"] or {}
    return {
        "receipt": receipt_number(edition, row["number"]),
        "organization": row["organization"],
        "language": row["language"],
        **{name: contact.get(name) for name in ("full_name", "email", "telephone")},
    }


def _lines(actor: Actor) -> frozenset[str] | None:
    """The action lines of which the actor may read; None: all, for officers. An agency reads what names its lines."""
    return None if actor.has("officer") else index_rules.lines_of_agency(actor.agency or "")


def compose(parts: Parts) -> OverviewCases:
    """The use cases with their collaborators; called once per process."""
    return OverviewCases(Editions(parts.db), SubmissionIndex(parts.db), Submissions(parts.db))
