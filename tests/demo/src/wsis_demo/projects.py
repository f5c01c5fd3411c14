"""Made-up projects: plausible English texts of 150 to 200 words for each category, alike for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from wsis_shared import reference

from wsis_demo.people import Organization, data

FEWEST, MOST = 158, 192  # words: the form wants 150 to 200, and its count may differ from ours by a few
# How the categories shared what came in: some lines attract more. Every other one has weight 1.
WEIGHTS = {
    "C7.e-government": 2.4,
    "C3": 1.6,
    "C4": 1.6,
    "C7.e-learning": 1.5,
    "C2": 1.4,
    "C7.e-health": 1.3,
    "C10": 0.5,
    "C9": 0.6,
    "C11": 0.7,
}


def shares(count: int, categories: Sequence[str]) -> dict[str, int]:
    """How many projects each category gets, at least one each; they add up to `count`."""
    weights = {category: WEIGHTS.get(category, 1.0) for category in categories}
    rest, whole = count - len(categories), sum(weights.values())
    made = {category: 1 + int(rest * weight / whole) for category, weight in weights.items()}
    for category in sorted(made, key=lambda code: -weights[code])[: count - sum(made.values())]:
        made[category] += 1
    return made


class Writer:
    """Writes the form of a project."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def project(self, organization: Organization, category: str, contact: dict[str, Any]) -> dict[str, Any]:
        """The body of a submission."""
        told, pick = data("projects"), self._random.choice
        line = told["categories"][category]
        place = reference.country_name(organization.country, "en")
        name = f"{pick(line['names'])} {place}"
        words = {
            "org": organization.name,
            "name": name,
            "place": place,
            "year": pick(range(2011, 2016)),
            "tool": pick(line["tools"]),
            "group": pick(line["groups"]),
            "gain": pick(line["gains"]),
            "people": f"{pick(range(12, 950))},000",
            "sites": pick(range(6, 180)),
            "percent": pick(range(18, 90)),
            "line": f"action line {category}",
        }
        say = {kind: pick(rows).format(**words) for kind, rows in told["sentences"].items()}
        return {
            "title": f"{name}: {words['tool']} for {words['group']}",
            "category": category,
            "organization": organization.name,
            "country": organization.country,
            "stakeholder_type": organization.kind,
            "contact_name": f"{contact['given_name']} {contact['family_name']}",
            "contact_email": contact["email"],
            "short_description": self._description(told["sentences"], words),
            "sdgs": self._sdgs(category, told["sentences"]["rationale"], words),
            "impact": say["impact"],
            "partnerships": say["partnerships"],
            "challenges": say["challenges"],
            "timeframe": f"From {words['year']} to {pick(range(2016, 2020))}",
            "website": f"https://project-{pick(range(10_000, 99_999))}.example/",
            "countries": [organization.country],
            "completed": True,
        }

    def _description(self, sentences: dict[str, list[str]], words: dict[str, Any]) -> str:
        """Sentences in the order of a story, as many as fit."""
        order = ["opening", "need", "method", "method", "result", "closing"]
        more = ["method", "need", "closing", "result", "method"]
        for _ in range(200):
            told: list[str] = []
            for kind in order + self._random.sample(more, self._random.randrange(len(more) + 1)):
                fresh = [one for one in (row.format(**words) for row in sentences[kind]) if one not in told]
                told.append(self._random.choice(fresh))
            text = " ".join(told)
            if FEWEST <= len(text.split()) <= MOST:
                return text
        raise AssertionError("no text of a fitting length")

    def _sdgs(self, category: str, rationales: list[str], words: dict[str, Any]) -> list[dict[str, Any]]:
        links = reference.links_of_line(category)
        chosen = self._random.sample(links, min(len(links), self._random.randrange(1, 4)))
        return [
            {
                "sdg": link.sdg,
                "targets": list(link.targets[:2]),
                "rationale": self._random.choice(rationales).format(**words),
            }
            for link in sorted(chosen, key=lambda one: one.sdg)
        ]
