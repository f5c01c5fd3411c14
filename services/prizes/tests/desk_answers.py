"""Made-up answers of the contest for the pages of its desk."""

from __future__ import annotations

from typing import Any

CODES = ("submission", "nomination", "public_voting", "winner_selection", "announcement")
PHASES = [
    {
        "number": number,
        "code": code,
        "title": f"Phase {number}",
        "start": f"2017-0{number}-01T08:00:00Z",
        "end": f"2017-0{number}-28T21:00:00Z",
        "current": number == 2,
    }
    for number, code in enumerate(CODES, 1)
]
SETTINGS = {
    "nominees_cap": None,
    "jurors_per_project": 2,
    "tie_rule": "all_tied",
    "every_category": True,
    "finalists_per_category": 5,
    "one_per_entity": True,
    "past_winners_eligible": False,
    "same_project_twice": False,
}
EDITION: dict[str, Any] = {
    "edition": "2017",
    "revision": "r1",
    "title": "WSIS Prizes 2017",
    "current": ["nomination"],
    "phases": PHASES,
    "conflicts": [{"phase": "public_voting", "with": "nomination", "kind": "overlaps"}],
    "categories": ["C1", "C2"],
    "settings": SETTINGS,
    "done": {"nominees_published": False, "champions_announced": False, "winners_released": False},
}
STEPS = {
    "edition": "2017",
    "projects": {"submitted": 3, "ineligible": 1},
    "waiting": {"eligibility": 2, "clarification": 1, "jurors": 0},
    "jurors": 2,
    "reviews": 6,
    "reviews_done": 4,
    "list_fixed_at": "2017-03-10T08:00:00Z",
    "categories": 0,
    "categories_undecided": 0,
}
MOVED = {
    "former_start": PHASES[1]["start"],
    "former_end": PHASES[1]["end"],
    "start": PHASES[1]["start"],
    "end": "2017-03-20T22:00:00Z",
    "conflicts": EDITION["conflicts"],
    "everyone": False,
    "accounts": 41,
}
FORM = {
    "edition": "2017",
    "languages": ["en"],
    "fields": [
        {"code": "title", "label": "Title", "required": True, "min_words": None, "max_words": 30},
        {"code": "short_description", "label": "Summary", "required": True, "min_words": 150, "max_words": 300},
        {"code": "impact", "label": "Impact", "required": True, "min_words": None, "max_words": None},
        {"code": "website", "label": "Website", "required": False, "min_words": None, "max_words": None},
    ],
    "criteria": [{"code": "impact", "title": "Results and impact"}],
}
PROJECT: dict[str, Any] = {
    "id": "p1",
    "edition": "2017",
    "number": 7,
    "state": "submitted",
    "title": "منصة التعليم <b>",
    "language": "ar",
    "category": "C1",
    "organization": "جامعة الأمل",
    "country": "JO",
    "stakeholder_type": "academia",
    "submitted_at": "2017-01-02T08:00:00Z",
    "updated_at": "2017-01-02T08:00:00Z",
    "clarification_open": False,
    "contact_name": "Amal",
    "contact_email": "amal@example.org",
    "short_description": "دروس بالعربية",
    "impact": "ستون ألفاً",
    "sdgs": [{"sdg": 4, "targets": [], "rationale": "", "outside_matrix": True}],
    "website": "https://example.org/",
    "countries": [],
    "receipt": {"receipt": "2017-0007", "received_at": "2017-01-02T08:00:00Z"},
}
LISTED = {**PROJECT, "eligible": None}
ELIGIBILITY = {
    "project": "p1",
    "state": "submitted",
    "evidence": [
        {
            "kind": "past_winner",
            "likeness": 93,
            "edition": "2016",
            "title": "Schools",
            "organization": "Hope",
            "detail": "In English",
        },
        {
            "kind": "duplicate",
            "likeness": 88,
            "project": "p2",
            "title": "Écoles",
            "organization": "Espoir",
            "detail": "",
        },
        {"kind": "incomplete", "detail": "", "fields": {"title": ["Needed."]}},
        {"kind": "outside_matrix", "detail": ""},
    ],
    "standards": [
        {"code": "conditions_met", "eligible": True, "title": "It meets the conditions."},
        {"code": "won_before", "eligible": False, "title": "It won before."},
    ],
}
REVIEW = {
    "project": "p1",
    "edition": "2017",
    "category": "C1",
    "state": "done",
    "juror": "j1",
    "scores": {"impact": 4},
    "comments": {"impact": "Strong"},
    "mean": 4.0,
    "recommendation": "nominate",
    "number": 7,
    "title": PROJECT["title"],
    "organization": "Hope",
    "country": "JO",
}
JURORS: list[dict[str, Any]] = [
    {"account": "j1", "names": "Ada Umutoni", "country": "RW", "categories": ["C1"], "named": True},
    {"account": "j2", "names": "Li Wei", "country": "CN", "categories": [], "named": True},
    {"account": "j3", "names": "Omar Haddad", "country": "JO", "categories": [], "named": False},
]
PROGRESS = {
    "categories": [{"key": "C1", "assigned": 1, "begun": 1, "done": 4, "conflict": 0, "all": 6}],
    "jurors": [
        {"key": "j1", "assigned": 0, "begun": 0, "done": 3, "conflict": 1, "all": 3},
        {"key": "j2", "assigned": 1, "begun": 1, "done": 1, "conflict": 0, "all": 3},
    ],
    "done": 4,
    "all": 6,
}
PLAN = {
    "assigned": 5,
    "jurors": 2,
    "unassigned": [{"project": "p9", "number": 9, "category": "C1", "missing": 1}],
    "by_juror": [{"account": "j1", "names": "Ada Umutoni", "before": 3, "more": 5}],
}
DRAFT: dict[str, Any] = {
    "edition": "2017",
    "fixed_at": "2017-03-10T08:00:00Z",
    "published": False,
    "cap": 20,
    "nominated": 1,
    "not_nominated": 3,
    "categories": [
        {"category": "C1", "projects": 3, "reviewed": 2, "nominated": 1, "added": 1, "removed": 0, "missing": 0},
    ],
}
SCORES = {"reviews": 2, "done": 2, "mean": 4.25, "lowest": 3.5, "highest": 5.0, "recommendations": {"nominate": 2}}
RANKED = {name: PROJECT[name] for name in ("number", "title", "language", "organization", "country")}
RANKING: dict[str, Any] = {
    "edition": "2017",
    "category": "C1",
    "published": False,
    "cap": 20,
    "items": [
        {**RANKED, **SCORES, "project": "p1", "rank": 1, "nominated": True, "before": False},
        {**RANKED, "project": "p2", "title": "Clinics", "rank": None, "reviews": 2, "done": 0, "nominated": False},
    ],
    "next": None,
}
JOB: dict[str, Any] = {
    "id": "prizes.job1",
    "service": "prizes",
    "kind": "publish_list",
    "title": "Publication of the nominees",
    "state": "running",
    "progress": {"done": 3, "total": 8, "note": ""},
    "result": None,
    "error": None,
    "cancel_requested": False,
    "requested_by": "a7",
    "created_at": "2017-03-14T20:00:00Z",
    "started_at": None,
    "finished_at": None,
    "updated_at": "2017-03-14T20:00:00Z",
}
WAITING = {"code": "eligibility", "title": "Projects to check", "count": 2, "oldest_at": "2017-01-01T08:00:00Z"}
ANSWERS: dict[str, Any] = {
    "prizes.list_editions": {"items": [EDITION], "next": None},
    "prizes.read_edition": EDITION,
    "prizes.read_steps": STEPS,
    "prizes.read_form": FORM,
    "prizes.open_edition": {**EDITION, "edition": "2018"},
    "prizes.preview_phase": MOVED,
    "prizes.move_phase": EDITION,
    "prizes.change_settings": EDITION,
    "prizes.list_projects": {"items": [LISTED], "next": None, "total": 41},
    "prizes.read_project": PROJECT,
    "prizes.read_eligibility": ELIGIBILITY,
    "prizes.decide_eligibility": {**ELIGIBILITY, "eligible": False},
    "prizes.request_clarification": PROJECT,
    "prizes.disqualify_project": {**PROJECT, "state": "disqualified"},
    "prizes.list_reviews": {"items": [REVIEW], "next": None},
    "prizes.list_jurors": {"items": JURORS, "next": None},
    "prizes.read_review_progress": PROGRESS,
    "prizes.preview_assignment": PLAN,
    "prizes.assign_reviews": PLAN,
    "prizes.remind_jurors": {"reminded": 1},
    "prizes.set_expertise": JURORS[2],
    "prizes.take_out_juror": {"account": "j1", "given_back": 2},
    "prizes.read_nominations": DRAFT,
    "prizes.preview_nominations": {**DRAFT, "nominated": 2},
    "prizes.fix_nominations": {"edition": "2017", "nominated": 2, "not_nominated": 2, "published": False},
    "prizes.read_ranking": RANKING,
    "prizes.fix_category": DRAFT,
    "prizes.publish_nominees": JOB,
    "prizes.read_job": JOB,
    "prizes.record_export": None,
    "prizes.list_past_winners": {
        "items": [{"edition": "2016", "title": "Écoles", "language": "fr", "organization": "Espoir", "country": "RW"}],
        "next": None,
    },
    "prizes.import_past_winners": {"added": 1, "known": 0},
    "prizes.list_waiting": {"items": [{**WAITING, "page": "/desk/editions/2017/projects/p1"}]},
}
