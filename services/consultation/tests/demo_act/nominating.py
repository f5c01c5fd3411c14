"""High-Level Track Facilitators: five nominations, one person twice from two networks, merged and confirmed."""

from __future__ import annotations

import re
from typing import Any

from wsis_demo.client import Person, Problem
from wsis_demo.play import Mismatch, Play

from . import state
from .state import Consultation

CONSENT = re.compile(r"consent#([0-9a-f-]+)\.([0-9a-zA-Z]+)")
BIO = (
    "Has worked on information policy for fifteen years, led a national consultation on access and skills, and "
    "moderates debates in three languages."
)
# Mechanism, full name, country, gender, organization, local part of the address. The second and the fourth are one.
PEOPLE = (
    ("coalition", "Amina Traoré", "SN", "female", "Réseau Femmes et TIC", "amina"),
    ("coalition", "José Núñez García", "CO", "male", "Fundación Camino", "jose.nunez"),
    ("forum", "Mei Lin Tan", "SG", "female", "Tan Institute", "meilin"),
    ("forum", "Dr. Jose NUNEZ GARCIA", "CO", "male", "Fundacion Camino", "jose.nunez"),
    ("forum", "Daniel Okafor", "NG", "male", "Community Networks Trust", "daniel"),
)
MECHANISMS = {"coalition": "Civil Society Coalition", "forum": "Internet Civil Society Forum"}
REASON = "A second call was sent to the mechanisms"


def nominate(play: Play) -> str:
    """Mechanisms nominate; after the deadline the secretariat files what they write, with the reason."""
    told = state.of(play)
    coordinators = _mechanisms(told)
    sent = [_nominate(told, coordinators[row[0]], row) for row in PEOPLE]
    late = sum(late for _, _, late in sent)
    first, second = _merge(told)
    _consent(told)
    rows = list(play.officer.each(f"{told.path}/candidates", state="nominated"))
    confirmed = play.officer.post(
        f"{told.path}/facilitators", {"candidates": [row["id"] for row in rows], "reason": "Balanced"}
    )["items"]
    by_candidate = [{who for row, who, _ in sent if _same(row, name)} for name in {row["full_name"] for row in rows}]
    play.count(
        mails={
            "consultation/facilitator_confirmed": len(confirmed),
            "consultation/nomination_confirmed": sum(map(len, by_candidate)),
        }
    )
    public = play.suite.visitor.get(f"{told.path}/facilitators")["items"]
    if len(public) != len(PEOPLE) - 1 or "@" in str(public):
        play.misfits.append(f"consultation: {len(public)} facilitators are public, of {len(PEOPLE) - 1}")
    when = f"{late} filed after the deadline" if late else "in time"
    return (
        f"{len(sent)} nominations, {when}; {first} and {second} are one person with both endorsements; "
        f"{len(confirmed)} confirmed"
    )


def _mechanisms(told: Consultation) -> dict[str, Person]:
    play = told.play
    made = {}
    for slug, name in MECHANISMS.items():
        person = play.register(next(play.registry.people(1)))
        body = {"roles": ["coordinator"], "reason": "Coordinates a mechanism"}
        play.officer.put(f"/v1/accounts/{person.account}/roles", body)
        play.count(mails={"accounts/roles_changed": 1})
        body = {
            "name": name,
            "constituencies": ["civil_society"],
            "coordinators": [person.account],
            "reason": "Known since the first phase of the Summit",
        }
        play.officer.put(f"{told.path}/mechanisms/{slug}", body)
        made[slug] = person.refresh()
    return made


def _nominate(told: Consultation, coordinator: Person, row: tuple[str, ...]) -> tuple[tuple[str, ...], str, bool]:
    """By the mechanism, or by an officer after the deadline; returns the row, the account, and whether it was late."""
    slug, name, country, gender, organization, mailbox = row
    body: dict[str, Any] = {
        "mechanism": slug,
        "constituency": "civil_society",
        "full_name": name,
        "organization": organization,
        "country": country,
        "gender": gender,
        "bio": BIO,
        "language": "en",
        "email": _email(told, mailbox),
        "endorsement": f"{MECHANISMS[slug]} nominates {name}: five coalitions agreed.",
    }
    late, who = False, coordinator
    try:
        coordinator.post(f"{told.path}/nominations", body)
    except Problem as problem:
        if problem.code != "consultation.nominations_closed":
            raise
        late, who = True, told.play.officer
        who.post(f"{told.path}/nominations/accepted", {**body, "reason": REASON})
    told.play.count(mails={"consultation/candidate_consent": 1, "consultation/nomination_receipt": 1})
    return row, who.account, late


def _merge(told: Consultation) -> tuple[str, str]:
    """The suggested pair is the same person: both endorsements are kept."""
    officer = told.play.officer
    pairs = officer.get(f"{told.path}/candidate-duplicates")["items"]
    if len(pairs) != 1:
        raise Mismatch(f"{len(pairs)} pairs of candidates are suggested as one person, not 1")
    one, other = pairs[0]["one"], pairs[0]["other"]
    body = {"source": other["id"], "reason": "The same person, nominated by two networks"}
    merged = officer.post(f"{told.path}/candidates/{one['id']}/merges", body)
    if len(merged["nominations"]) != 2:
        told.play.misfits.append(f"consultation: {len(merged['nominations'])} endorsements are left of two")
    return one["full_name"], other["full_name"]


def _consent(told: Consultation) -> None:
    """Each candidate consents by the link in the mail."""
    mailbox = told.play.suite.mailbox
    for row in told.play.officer.each(f"{told.path}/candidates", state="nominated"):
        mail = mailbox.wait(row["email"], saying=[f"consent#{row['id']}."])
        found = CONSENT.search(mailbox.plain(mail["id"]))
        if found is None:
            raise Mismatch(f"a mail to {row['email']} without a link to consent")
        body = {"key": found[2], "decision": "given"}
        told.play.suite.visitor.put(f"{told.path}/candidates/{row['id']}/consent", body)


def _email(told: Consultation, mailbox: str) -> str:
    return f"{mailbox}@candidates.e{told.play.edition}.example"


def _same(row: tuple[str, ...], name: str) -> bool:
    """Whether the nomination is of the candidate: the two spellings share a mailbox."""
    return row[5] == next(one[5] for one in PEOPLE if one[1] == name)
