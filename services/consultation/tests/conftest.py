"""Makers of what the tests start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from wsis_shared.context import ANONYMOUS, Actor
from wsis_testkit import Published, Served, actor

# Moments of the consultation of 2017, in UTC.
MOMENTS = {
    "before": datetime(2016, 8, 1, 12, tzinfo=UTC),
    "meetings": datetime(2016, 10, 11, 9, tzinfo=UTC),
    "open": datetime(2016, 12, 1, 12, tzinfo=UTC),
    "closed": datetime(2017, 2, 21, 12, tzinfo=UTC),
    "programme": datetime(2017, 4, 1, 12, tzinfo=UTC),
    "forum": datetime(2017, 6, 13, 12, tzinfo=UTC),
}


@dataclass
class Consultation:
    """The service under test at moments of 2017."""

    served: Served
    published: Published
    officer: Actor = field(default_factory=lambda: actor("officer"))

    def call(self, method: str, who: Actor = ANONYMOUS, *, at: str | datetime = "open", **arguments: Any) -> Any:
        """Call at a moment of 2017, by name or as it is."""
        moment = MOMENTS[at] if isinstance(at, str) else at
        more = {"received_at": moment, **arguments.pop("context", {})}
        return self.served.call(method, who, context=more, timeout=30.0, **arguments)

    def open_edition(self, edition: str, **forum: Any) -> dict[str, Any]:
        """Open an edition; its Forum takes place in June unless `forum` says other days."""
        texts = dict.fromkeys(("en", "fr", "pt", "es", "zh", "ar", "ru"), "Trust")
        days = {"starts_on": f"{edition}-06-12", "ends_on": f"{edition}-06-16", "high_level_days": [f"{edition}-06-13"]}
        body = {"edition": edition, "copy_from": "2017", "venue": texts, "theme": texts, "reason": "Another year"}
        opened: dict[str, Any] = self.call("open_edition", self.officer, body={**body, **days, **forum})
        return opened

    def link_key(self, document: str) -> str:
        """The key in the mailed link to a draft or submission of 2017."""
        mail = self.call("draft_link_details", data={"edition": "2017", "draft": document})
        return str(mail["url"]).rpartition(".")[2]

    def run(self, method: str, *, at: str | datetime = "programme", **arguments: Any) -> Any:
        """Call a method that starts a job, as an officer; returns the result of the job."""
        moment = MOMENTS[at] if isinstance(at, str) else at
        return self.served.run_job(method, self.officer, context={"received_at": moment}, **arguments)


@pytest.fixture(scope="module")
def consultation(serve: Any, published: Any) -> Consultation:
    """The service with the consultation of 2017."""
    seen = published("consultation")
    return Consultation(serve("consultation", seed=True), seen)


@pytest.fixture
def edition() -> dict[str, Any]:
    """The consultation of 2017 as announced."""
    from wsis_consultation.editions.rules import editions, reference

    return editions.from_seed(reference.edition_seed(2017))


@pytest.fixture(scope="session")
def make_words() -> Callable[[int], str]:
    """A text of so many words."""
    return lambda count: " ".join(f"word{number}" for number in range(count))


@pytest.fixture(scope="session")
def make_answers(make_words: Callable[[int], str]) -> Callable[..., dict[str, Any]]:
    """Complete answers to the form of 2017, of an NGO with one workshop; keywords replace answers, None removes one."""

    def make(**changes: Any) -> dict[str, Any]:
        answers = {
            "full_name": "Ada Umutoni",
            "email": "ada@ngo.example",
            "organization_name": "Health for All",
            "organization_country": "RW",
            "stakeholder_type": "civil_society",
            "kind": "form",
            "sdgs": [3],
            "structure_programme": make_words(40),
            "per_line": [{"action_line": "C3", "al_topics": "Open access to knowledge"}],
            "requests": [
                {
                    "kind": "workshop",
                    "session_type": "thematic_workshop",
                    "title": "E-health for all",
                    "description": make_words(30),
                    "action_lines": ["C7.e-health"],
                    "sdgs": [3],
                    "speakers": [{"name": "Wangari Otieno", "organization": "Health for All", "country": "KE"}],
                }
            ],
        }
        return {code: value for code, value in {**answers, **changes}.items() if value is not None}

    return make


def _contacts(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id, "email": f"{id}@ngo.example", "names": id.title(), "locale": "fr"} for id in ids]


@pytest.fixture(scope="module")
def people(fake_service: Any) -> set[str]:
    """A service accounts in which each account has the address <account>@ngo.example; the set has those blocked."""
    blocked: set[str] = set()

    def profile(account: str) -> dict[str, Any]:
        return {
            "account": account,
            "names": account.title(),
            "organization": "Health for All",
            "country": "RW",
            "stakeholder_type": "civil_society",
            "blocked": account in blocked,
        }

    fake_service("accounts", contacts=_contacts, profile=profile)
    return blocked


@pytest.fixture
def new_meeting(consultation: Any) -> Any:
    """Opens a meeting of its own for a test."""

    def open_one(**more: Any) -> str:
        body = {
            "title": {"en": "Regional meeting", "fr": "Réunion régionale"},
            "start": "2016-10-12T14:30:00Z",
            "end": "2016-10-12T16:00:00Z",
            "time_zone": "Europe/Zurich",
            "venue": "Room A",
            "remote": True,
            "reason": "Asked for",
            **more,
        }
        return str(
            consultation.call("open_meeting", consultation.officer, at="meetings", edition="2017", body=body)["id"]
        )

    return open_one


@pytest.fixture
def call(consultation: Any) -> Any:
    """Calls a method about a meeting of 2017."""

    def of(method: str, who: Any, meeting: str, at: str | datetime = "meetings", **arguments: Any) -> Any:
        return consultation.call(method, who, at=at, edition="2017", meeting=meeting, **arguments)

    return of


@pytest.fixture(scope="session")
def inputs_2017() -> list[dict[str, Any]]:
    """250 inputs with the shares of 2017, in seven languages, short and long."""
    kinds = {
        "civil_society": 78,
        "government": 60,
        "international_organization": 55,
        "private_sector": 40,
        "academia": 10,
        "technical_community": 7,
    }
    texts = yaml.safe_load((Path(__file__).parent / "inputs/texts.yaml").read_text("utf-8"))
    languages = ("en", "en", "fr", "en", "es", "ar", "en", "zh", "pt", "ru")
    mixed = sorted(
        ((place / total, kind) for kind, total in kinds.items() for place in range(total)), key=lambda row: row
    )
    return [_input(number, kind, languages[number % 10], texts) for number, (_, kind) in enumerate(mixed, 1)]


def _input(number: int, kind: str, language: str, texts: Any) -> dict[str, Any]:
    from wsis_shared import reference

    own = texts[language]
    country, organization = own["organizations"][number % len(own["organizations"])]
    lines = [line.code for line in reference.action_lines()]
    named = [lines[(number * step) % 18] for step in range(1, 2 + number % 3)]

    def say(count: int) -> str:
        return " ".join(own["sentences"][(number + place) % len(own["sentences"])] for place in range(count))

    return {
        "_id": f"s{number}",
        "edition": "2017",
        "number": number,
        "state": "received",
        "version_number": 1,
        "received_at": MOMENTS["open"],
        "updated_at": MOMENTS["open"],
        "kind": "national_event" if number % 50 == 0 else "regional_event" if number % 77 == 0 else "form",
        "event": {"name": f"WSIS {country} 2016", "starts_on": "2016-11-03"} if number % 50 == 0 else None,
        "contact": {"full_name": f"Ada Umutoni {number}", "email": f"ada{number}@ngo.example"},
        "organization": organization,
        "country": country,
        "language": language,
        "stakeholder_type": kind,
        "region": reference.itu_region_of(country) if kind != "international_organization" else "international",
        "action_lines": list(dict.fromkeys(named)),
        "sdgs": sorted({1 + number % 17, 1 + number * 5 % 17}),
        "answers": {}
        if number % 40 == 0
        else {
            "structure_programme": say(1 + number % 4) + ("\n\n" + say(6) if number % 9 == 0 else ""),
            "sdg_alignment": say(1),
            **({"hl_topics": say(2)} if number % 3 == 0 else {}),
        },
        "per_line": [{"action_line": named[0], "al_topics": say(1), "al_activities": say(2)}] if number % 2 else [],
        "requests": [
            {
                "id": "r1",
                "kind": "workshop",
                "session_type": "thematic_workshop",
                "title": say(1)[:70],
                "description": say(1),
                "action_lines": named[:1],
                "sdgs": [3],
                "speakers": [{"name": "Bo Li", "email": "bo@corp.example"}],
            }
        ]
        if number % 4 == 0
        else [],
    }
