"""The model of the Outcome Document: what the Forum was and brought, from what its sessions filed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from wsis_shared import clock, reference
from wsis_shared.json_types import Input

from wsis_consultation.documents.rules.final_brief import counted, facilitator, order, planned, types_of
from wsis_consultation.documents.rules.models import (
    FiledOutcome,
    ForumFigures,
    HeldSession,
    MatrixCell,
    OutcomeDocument,
    Participation,
)
from wsis_consultation.documents.rules.outcomes import (
    each,
    forum_of,
    masked,
    phase_of,
    region_codes,
    split,
    stakeholder_codes,
)
from wsis_consultation.editions.rules import reference as consultation
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.meetings.rules import registration

SCHEMA = "wsis.consultation.outcome_document.v1"


def build(
    edition: Edition,
    programme: Input,
    *,
    outcomes: Mapping[str, Input],
    participants: Iterable[Input] | None = None,
    facilitators: Iterable[Input] = (),
    partners: Iterable[str] = (),
    as_of: datetime,
) -> OutcomeDocument:
    """The model as of a moment, of the sessions that had ended then.

    `programme` as for the final brief, its sessions with `id` and `speakers`; `outcomes`: session -> {text, language,
    links, filed_at}; `participants` of the meeting of the Forum: {mode, state, country, region, stakeholder_type, rank,
    checked_in}, None where it has no such meeting; `facilitators` and `partners` as for the final brief.
    """
    over = (one for one in programme["sessions"] if one.get("end") and one["end"] <= as_of)
    sessions = sorted((_held(one, outcomes.get(one["id"]), as_of) for one in over), key=order)
    matrix = _matrix(sessions)
    figures = _figures(sessions)
    known = [facilitator(row) for row in facilitators]
    return {
        "schema": SCHEMA,
        "edition": str(edition["_id"]),
        "as_of": clock.iso(as_of),
        "time_zone": edition["time_zone"],
        "forum": forum_of(edition),
        "phases": [phase_of(phase) for phase in edition["phases"]],
        "programme": {"number": programme.get("number")},
        "inputs": [],
        "types": types_of(programme, edition),
        "room_names": programme.get("room_names") or {},
        "statistics": {**figures, **participation(participants)} if participants is not None else figures,
        "sessions": sessions,
        "matrix": matrix,
        "facilitators": sorted(known, key=lambda row: (row["name"], row["organization"])),
        "partners": list(partners),
    }


def _held(one: Input, outcome: Input | None, as_of: datetime) -> HeldSession:
    filed = outcome if outcome and outcome["filed_at"] <= as_of else None
    return {
        **planned(one),
        "organizers": [masked(name) for name in one.get("organizers") or ()],
        "speakers": [masked(", ".join(filter(None, (row["name"], row.get("organization"))))) for row in _speakers(one)],
        "outcome": _filed(filed) if filed else None,
    }


def _speakers(one: Input) -> Sequence[Input]:
    return one.get("speakers") or ()


def _filed(outcome: Input) -> FiledOutcome:
    return {
        "text": masked(outcome["text"]),
        "language": outcome["language"],
        "links": [
            {
                "action_line": link["action_line"],
                "sdg": link["sdg"],
                "rationale": masked(link.get("rationale") or ""),
                "outside_matrix": bool(link.get("outside_matrix")),
            }
            for link in outcome["links"]
        ],
    }


def _figures(sessions: Sequence[HeldSession]) -> ForumFigures:
    filed = [one["outcome"] for one in sessions if one["outcome"]]
    return {
        "total": len(sessions),
        "outcomes": len(filed),
        "organizers": len({name for one in sessions for name in one["organizers"]}),
        "speakers": len({name for one in sessions for name in one["speakers"]}),
        "by_type": counted(one["type"] for one in sessions),
        "by_track": counted(one["track"] for one in sessions),
        "sessions_by_action_line": each(
            (line.code for line in reference.action_lines()),
            [{link["action_line"] for link in one["links"]} for one in filed],
        ),
        "sessions_by_sdg": each(
            (goal.number for goal in reference.sdgs()), [{link["sdg"] for link in one["links"]} for one in filed]
        ),
    }


def participation(participants: Iterable[Input]) -> Participation:
    """Who took part: whoever was checked in, and whoever was registered to follow the Forum remotely."""
    present = [row for row in participants if _took_part(row)]
    on_site = sum(row["mode"] == registration.ON_SITE for row in present)
    ranks = consultation.ranks()
    by_rank = [row.get("rank") or consultation.DELEGATE for row in present]
    ministerial = {rank["code"] for rank in ranks if rank["ministerial"]}
    return {
        "participants": len(present),
        "on_site": on_site,
        "remote": len(present) - on_site,
        "participant_countries": len({row["country"] for row in present if row.get("country")}),
        "ministers": sum(code in ministerial for code in by_rank),
        "participants_by_rank": split(([rank["code"]] for rank in ranks), by_rank),
        "participants_by_stakeholder_type": split(
            stakeholder_codes(merged=False), (row.get("stakeholder_type") or "" for row in present)
        ),
        "participants_by_region": split(([code] for code in region_codes()), (row["region"] for row in present)),
    }


def _took_part(row: Input) -> bool:
    remote = row["mode"] == registration.REMOTE
    return row["state"] == registration.REGISTERED and (remote or bool(row.get("checked_in")))


def _matrix(sessions: Iterable[HeldSession]) -> list[MatrixCell]:
    """In the order of the action lines and goals; the sessions of a cell by time."""
    cells: dict[tuple[str, int], MatrixCell] = {}
    for one in sessions:
        for link in one["outcome"]["links"] if one["outcome"] else ():
            empty: MatrixCell = {
                "action_line": link["action_line"],
                "sdg": link["sdg"],
                "sessions": [],
                "outside_matrix": link["outside_matrix"],
            }
            cells.setdefault((link["action_line"], link["sdg"]), empty)["sessions"].append(one["code"])
    lines = [line.code for line in reference.action_lines()]
    return sorted(cells.values(), key=lambda cell: (lines.index(cell["action_line"]), cell["sdg"]))
