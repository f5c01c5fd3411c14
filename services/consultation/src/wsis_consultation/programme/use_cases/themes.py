"""Themes: submissions and requests that belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from wsis_shared import audit, languages, revisions
from wsis_shared.context import Context
from wsis_shared.errors import Invalid
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.revisions import IfMatch

from wsis_consultation.editions.store import Editions
from wsis_consultation.index.rules import RECEIVED, Row
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.programme import errors
from wsis_consultation.programme.rules import themes
from wsis_consultation.programme.rules.requests import request_key
from wsis_consultation.programme.rules.themes import Theme
from wsis_consultation.programme.store import Programme


class ThemeCases:
    """What officers do with themes."""

    def __init__(self, store: Programme, editions: Editions, index: SubmissionIndex) -> None:
        self._store, self._editions, self._index = store, editions, index

    @rpc
    def list_themes(self, edition: str) -> JsonObject:
        """All themes with counts, the largest first."""
        self._editions.find(edition)
        found = self._store.themes(edition)
        submissions = self._submissions(edition)
        rows = sorted(found, key=lambda theme: (-len(_counted(theme, submissions)), theme["_id"]))
        return {"items": [_to_response(theme, submissions) for theme in rows]}

    @rpc
    def read_theme(self, edition: str, theme: str) -> JsonObject:
        """One theme. Raises NotFound."""
        return self._response(edition, self._store.theme(edition, theme))

    @rpc(writes=True)
    def create_theme(self, ctx: Context, edition: str, body: Input) -> JsonObject:
        """A new theme. Raises Invalid for a submission that does not exist."""
        self._editions.find(edition)
        blank: Theme = {
            "_id": ctx.new_id(),
            "edition": edition,
            "title": {},
            "description": {},
            "submissions": [],
            "requests": [],
        }
        made = self._checked(blank, body)
        entry = audit.entry("consultation.theme_created", f"theme/{made['_id']}", None, _audited(made))
        return self._response(edition, self._store.save("themes", made, entry))

    @rpc(writes=True)
    def replace_theme(self, edition: str, theme: str, body: Input, if_match: IfMatch = None) -> JsonObject:
        """Other texts, or other submissions. Raises NotFound, Invalid, PreconditionFailed."""
        found = self._store.theme(edition, theme)
        revisions.require(found, themes.edited(found), if_match)
        changed = self._checked(found, body)
        entry = audit.entry("consultation.theme_changed", f"theme/{theme}", _audited(found), _audited(changed))
        return self._response(edition, self._store.save("themes", changed, entry))

    def _checked(self, former: Theme, body: Input) -> Theme:
        wanted = list(dict.fromkeys(body["submissions"]))
        requested = [row["submission"] for row in body["requests"]]
        known = self._store.submissions(former["edition"], {*wanted, *requested}, {"requests.id": 1})
        if unknown := [number for number, id in enumerate(body["submissions"]) if id not in known]:
            raise Invalid(
                "consultation.submissions_unknown",
                fields={f"submissions.{number}": ["There is no such submission."] for number in unknown},
            )
        keys = {request_key(id, row["id"]) for id, document in known.items() for row in document.get("requests") or ()}
        named = [request_key(row["submission"], row["request"]) for row in body["requests"]]
        if unknown := [number for number, key in enumerate(named) if key not in keys]:
            raise errors.requests_unknown(unknown)
        return {
            **former,
            "title": languages.merge(former["title"], body["title"], required_as="title"),
            "description": languages.merge(former["description"], body["description"]),
            "submissions": wanted,
            "requests": list(dict.fromkeys(named)),
        }

    def _response(self, edition: str, theme: Theme) -> JsonObject:
        return _to_response(theme, self._submissions(edition))

    def _submissions(self, edition: str) -> dict[str, Row]:
        """The rows of all submissions that were not withdrawn, by id."""
        return {row["id"]: row for row in self._index.of(edition) if row["state"] == RECEIVED}


def _counted(theme: Theme, submissions: Mapping[str, Row]) -> list[Row]:
    """The submissions that the theme has, whole or by a request."""
    named = {*theme["submissions"], *(row["submission"] for row in themes.requests(theme))}
    return [submissions[id] for id in named if id in submissions]


def _to_response(theme: Theme, submissions: Mapping[str, Row]) -> JsonObject:
    counted = _counted(theme, submissions)
    types = Counter(row.get("stakeholder_type") or "unknown" for row in counted)
    return {
        **themes.edited(theme),
        "edition": theme["edition"],
        "id": theme["_id"],
        "revision": revisions.of(theme),
        "submission_count": len(counted),
        "by_stakeholder_type": [{"stakeholder_type": kind, "count": n} for kind, n in sorted(types.items())],
    }


def _audited(theme: Theme) -> JsonObject:
    return {"title": theme["title"], "submissions": len(theme["submissions"]), "requests": len(theme["requests"])}
