"""The form, and what helps to fill it in."""

from __future__ import annotations

from importlib.resources import files

from wsis_shared import reference
from wsis_shared.context import Context
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.editions.store import Editions
from wsis_prizes.projects.rules import form


class FormCases:
    """Read by everybody."""

    def __init__(self, editions: Editions) -> None:
        self._editions = editions

    @rpc
    def read_form(self, ctx: Context, edition: str) -> dict[str, object]:
        """Fields with their limits, criteria, and the rule by which words are counted."""
        locale, doc = ctx.locale, self._editions.edition(edition)
        criteria = [
            {"code": row["code"], "title": reference.title(row, locale), "titles": row["title"]}
            for row in doc["criteria"]
        ]
        return {
            "edition": edition,
            **doc["form"],
            "fields": form.described(doc["form"]["fields"], form.form_texts(), locale),
            "criteria": criteria,
            "word_rule": form.RULE,
        }

    @rpc(writes=True, store_response=False)
    def count_words(self, body: Input) -> dict[str, object]:
        """The server's own count of a text. A POST for the length of texts alone: nothing is written or kept."""
        return {"words": form.count(body["text"])}

    @rpc
    def read_word_counter(self) -> dict[str, object]:
        """The rule as JavaScript, for the form in the browser."""
        script = (files("wsis_prizes.projects.rules") / "word-count.js").read_text("utf-8")
        return {"text": script, "filename": "word-count.js"}

    @rpc
    def suggest_sdgs(self, action_line: str) -> dict[str, object]:
        """Goals that the matrix in force links to a line, with their targets."""
        items = []
        for link in reference.links_of_line(action_line):
            titles = dict(reference.sdg(link.sdg).title)
            items.append(
                {
                    "sdg": link.sdg,
                    "title": titles["en"],
                    "titles": titles,
                    "targets": list(link.targets),
                    "goal_level": link.goal_level,
                }
            )
        return {"action_line": action_line, "matrix": reference.matrix().version, "items": items, "next": None}
