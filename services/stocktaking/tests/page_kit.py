"""Made-up answers of the service for its pages: one entry in two languages, one in Arabic alone."""

from __future__ import annotations

from typing import Any

CONTENT: dict[str, Any] = {
    "title": {"en": "Community networks <b>", "es": "Redes comunitarias"},
    "description": {"en": "Villages build and own their network.", "es": "Los pueblos construyen su red."},
    "original_language": "es",
    "organization": {"name": "Red Andina", "type": "civil_society", "country": "PE", "website": "https://red.example/"},
    "kind": "project",
    "coverage": "national",
    "countries": ["PE", "BO", "EC", "CO"],
    "regions": ["americas"],
    "status": "ongoing",
    "start_date": "2012-03-01",
    "end_date": None,
    "action_lines": [{"line": "C2", "sub_themes": []}, {"line": "C7.e-health", "sub_themes": []}],
    "sdgs": [3, 9, 10],
    "targets": ["9.c"],
    "partners": ["Ministerio de Salud"],
    "keywords": ["redes"],
    "links": [{"url": "https://red.example/map", "title": "Mapa"}, {"url": "https://red.example/", "title": None}],
}
ARABIC = CONTENT | {
    "title": {"ar": "منصة التعليم"},
    "description": {"ar": "دروس بالعربية"},
    "original_language": "ar",
    "countries": ["JO"],
    "sdgs": [4],
    "links": [],
}
_PUBLIC = {
    "revision": 2,
    "sequence": 7,
    "published_at": "2016-05-02T08:00:00Z",
    "revised_at": "2017-05-02T08:00:00Z",
    "last_updated_at": "2017-05-02T08:00:00Z",
    "freshness": "red",
    "outside_matrix": [{"line": "C2", "sdg": 3}],
    "merged_from": None,
}
PRIZE = {"edition": "2017", "category": "C2", "status": "champion"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
ENTRY = {
    **CONTENT,
    **_PUBLIC,
    "entry": "e1",
    "prize": PRIZE,
    "licence": LICENCE,
    "licence_agreed_at": "2017-05-02T08:00:00Z",
    "translated_by": {"en": "secretariat"},
}
OTHER = {**ARABIC, **_PUBLIC, "entry": "e2", "prize": None, "freshness": "unknown", "last_updated_at": None}
REVISIONS = {
    "items": [
        {"number": 2, "source": "submission", "published_from": "2017-05-02T08:00:00Z", "published_to": None},
        {
            "number": 1,
            "source": "import",
            "published_from": "2016-05-02T08:00:00Z",
            "published_to": "2017-05-02T08:00:00Z",
        },
    ],
    "next": None,
}
DIFFERENCES = {
    "entry": "e1",
    "from_revision": 1,
    "to_revision": 2,
    "items": [
        {"field": "title.en", "before": None, "after": "Community networks"},
        {"field": "countries", "before": ["PE"], "after": ["PE", "BO"]},
        {"field": "organization.type", "before": "academia", "after": "civil_society"},
        {"field": "action_lines", "before": [], "after": CONTENT["action_lines"]},
    ],
}
FOUND = {
    "items": [ENTRY, OTHER],
    "next": "n2",
    "total": 8124,
    "facets": {
        "region": [{"code": "americas", "count": 845}, {"code": "africa", "count": 313}],
        "sdg": [{"code": str(number), "count": 20 - number} for number in range(1, 18)],
        "year": [{"code": "2015", "count": 9}, {"code": "2017", "count": 3}],
    },
    "corrected_to": "building",
    "licence": LICENCE,
    "highlights": {"e1": {"description.en": "Villages <mark>build</mark> &lt;it&gt;"}},
    "position": 7,
    "as_of": "2017-05-02T08:00:00Z",
}
_LINK = {"rationale": {"en": "Networks carry health."}, "note": None, "source": None}
LINKS = [
    {**_LINK, "line": "C2", "sdg": 9, "targets": ["9.c", "9.1"], "goal_level": False},
    {**_LINK, "line": "C7.e-health", "sdg": 3, "targets": [], "goal_level": True},
]
_COUNTS = {"entries": 452, "projects": 3, "sessions": 1}
VERSION = {
    "version": 2,
    "valid_from": "2017-01-01",
    "published_at": "2016-12-01T08:00:00Z",
    "note": "Two links.",
    "added": 1,
    "changed": 0,
    "removed": 0,
    "lines": ["C2"],
}
EVIDENCE = {
    **VERSION,
    "links": [{**LINKS[0], "evidence": _COUNTS}, {**LINKS[1], "evidence": dict.fromkeys(_COUNTS, 0)}],
    "without_link": [{"line": "C1", "sdg": 17, "entries": 5, "projects": 0, "sessions": 0}],
}
_EXAMPLE = {
    **{name: ENTRY[name] for name in ("entry", "title", "original_language", "countries", "kind", "targets")},
    "organization": "Red Andina",
    "prize": None,
}
CELL = {
    "line": "C2",
    "sdg": 9,
    "version": 2,
    "link": LINKS[0],
    "evidence": _COUNTS,
    "entries": [_EXAMPLE],
    "projects": [{**_EXAMPLE, "prize": "winner"}],
    "sessions": [
        {
            "session": "s1",
            "edition": "2017",
            "code": "211",
            "title": {"fr": "Réseaux"},
            "filed_at": "2017-06-01T08:00:00Z",
        }
    ],
}
CROSSTAB = {
    "row_facet": "region",
    "column_facet": "year",
    "rows": [
        {"code": "africa", "label": "Africa", "total": 1400},
        {"code": "americas", "label": "Americas", "total": 2},
    ],
    "columns": [{"code": "2016", "label": "2016", "total": 1001}, {"code": "2017", "label": "2017", "total": 401}],
    "values": [[1000, 400], [1, 1]],
    "total": 1402,
    "position": 7,
    "as_of": "2017-05-02T08:00:00Z",
}


def _rows(*codes: object) -> list[dict[str, Any]]:
    return [{"codes": [code], "count": 1200, "percent": 60} for code in codes]


_REPORT_ROW = {
    "id": "global-2016-1.0",
    "kind": "global",
    "title": "Global report",
    "version": "1.0",
    "period": {"start": "2016-01-01", "end": "2016-12-31", "basis": "submitted"},
    "region": None,
    "edition": None,
    "as_of": "2017-01-01T00:00:00Z",
    "sequence": 9001,
    "matrix": "2",
    "published_at": "2017-02-01T08:00:00Z",
    "total": 2000,
    "languages": ["en", "fr"],
    "sha256": "ab" * 32,
}
REPORT = {
    **_REPORT_ROW,
    "statistics": {
        "total": 2000,
        "organizations": 900,
        "countries": 120,
        "by_stakeholder_type": _rows("government", "civil_society"),
        "by_coverage": _rows("national"),
        "by_region": _rows("africa"),
        "by_country": _rows("KE"),
        "by_action_line": _rows("C1", "C7.e-health"),
        "by_sdg": _rows(3, 9),
        "line_by_sdg": [],
    },
    "files": [
        {"language": language, "format": name, "size": 1_234_567, "sha256": "cd" * 32}
        for language in ("en", "fr")
        for name in ("docx", "html", "pdf")
    ],
    "prose": {"introduction": {"fr": "Une année."}, "contribution": {}},
}


def counts_of(arguments: dict[str, Any]) -> dict[str, Any]:
    """Of one code of the facet."""
    code = {"region": "americas"}.get(arguments["group_by"], "C2")
    return {"items": [{"code": code, "label": code, "entries": 845}], "next": "n2", "total": 8124}


PUBLIC = {
    "stocktaking.search_entries": FOUND,
    "stocktaking.read_entry": ENTRY,
    "stocktaking.list_revisions": REVISIONS,
    "stocktaking.read_revision": {
        **REVISIONS["items"][1],
        "entry": "e1",
        "content": CONTENT | {"title": {"es": "Redes"}, "description": {"es": "Antes."}},
        "prize": None,
    },
    "stocktaking.compare_revisions": DIFFERENCES,
    "stocktaking.read_matrix_evidence": EVIDENCE,
    "stocktaking.list_matrix_versions": {"items": [VERSION, VERSION | {"version": 1}], "next": None},
    "stocktaking.read_matrix_version": {**VERSION, "links": LINKS},
    "stocktaking.read_matrix_differences": {
        **{name: VERSION[name] for name in ("version", "added", "changed", "removed")},
        "since": 1,
        "items": [{"line": "C2", "sdg": 9, "before": None, "after": LINKS[0]}],
    },
    "stocktaking.read_matrix_link": CELL,
    "stocktaking.read_crosstab": CROSSTAB,
    "stocktaking.count_entries": counts_of,
    "stocktaking.list_reports": {"items": [_REPORT_ROW], "next": None},
    "stocktaking.read_report": REPORT,
}
PATHS = (
    "/register",
    "/register?q=build&sdg=3,9&region=americas&target=9.c&more=sdg",
    "/register/e1",
    "/register/e1/revisions/1",
    "/register/e1/changes",
    "/register/counts",
    "/register/counts?group_by=region&sdg=3&freshness=red",
    "/register/figures",
    "/register/figures?rows=region&columns=year&sdg=3",
    "/matrix",
    "/matrix?of=targets",
    "/matrix?of=sessions&version=2",
    "/matrix/C2/9",
    "/matrix/versions/2",
    "/reports",
    "/reports/global-2016-1.0",
)

OWN_ROW = {
    "id": "e1",
    "title": "Redes comunitarias",
    "visibility": "public",
    "state": "returned",
    "reason": "Please name\nthe countries.",
    "proposed_from": None,
    "revision": 2,
    "version": 5,
    "source": "submission",
    "changed_at": "2017-05-02T08:00:00Z",
    "submitted_at": "2017-05-01T08:00:00Z",
    "merged_into": None,
    "freshness": "yellow",
}
DRAFT = CONTENT | {"countries": ["PE"], "end_date": None}
OWN_ENTRY = {
    **OWN_ROW,
    "draft": DRAFT,
    "content": CONTENT,
    "based_on": 2,
    "prize": None,
    "contact": {"name": "Ana Quispe", "email": "ana@red.example"},
    "outside_matrix": [],
    "editor": False,
    "licence": LICENCE,
    "consent": None,
    "missing": {},
}
ALIKE = {
    **{name: OTHER[name] for name in ("entry", "title", "original_language", "countries")},
    "organization": "جامعة الأمل",
    "score": 82,
    "likely": True,
}
SAVED = {
    "id": "s1",
    "name": "Health in the Andes",
    "query": {"q": "health", "sdg": ["3", "9"]},
    "mail": "daily",
    "event": False,
    "position": 7,
    "created_at": "2017-05-02T08:00:00Z",
}
CLAIM = {
    "id": "c1",
    "entry": "e1",
    "title": "Redes comunitarias",
    "organization": "Red Andina",
    "state": "mailed",
    "asked_at": "2017-05-02T08:00:00Z",
    "minutes": 28,
    "entries": None,
    "reason": None,
}
SHARE = {
    "id": "s1",
    "entry": "e1",
    "email": "ben@red.example",
    "role": "editor",
    "whole": False,
    "state": "invited",
    "at": "2017-05-02T08:00:00Z",
    "accepted_at": None,
    "until": "2017-05-16T08:00:00Z",
}
OWN_SHARE = {**SHARE, "title": "Redes comunitarias", "organization": "Red Andina"}
OWN_CALL = {
    "id": "k1",
    "state": "sent",
    "text": {"en": "Please look at your entries.", "fr": "Merci de relire vos entrées."},
    "deadline": "2030-03-01",
    "entries": [
        {"id": "e1", "title": "Redes comunitarias", "version": 5, "last_updated_at": None, "current": False},
        {
            "id": "e3",
            "title": "منصة التعليم",
            "version": 2,
            "last_updated_at": "2014-05-02T08:00:00Z",
            "current": False,
        },
        {
            "id": "e4",
            "title": "Mapa",
            "version": 2,
            "last_updated_at": "2017-05-02T08:00:00Z",
            "current": True,
        },
    ],
}
OWN = {
    "stocktaking.read_entry": ENTRY,
    "stocktaking.read_own_call": OWN_CALL,
    "stocktaking.confirm_called_entries": OWN_CALL,
    "stocktaking.confirm_own_entry": OWN_ENTRY,
    "stocktaking.claim_entry": CLAIM,
    "stocktaking.list_own_claims": {"items": [CLAIM], "next": None},
    "stocktaking.read_own_claim": CLAIM,
    "stocktaking.prove_claim": CLAIM | {"state": "proved"},
    "stocktaking.list_shares": {
        "items": [SHARE, SHARE | {"id": "s2", "state": "accepted", "accepted_at": SHARE["at"], "until": None}],
        "next": None,
    },
    "stocktaking.share_entry": SHARE,
    "stocktaking.end_share": None,
    "stocktaking.list_own_shares": {"items": [OWN_SHARE], "next": None},
    "stocktaking.read_own_share": OWN_SHARE,
    "stocktaking.accept_share": OWN_SHARE | {"state": "accepted", "until": None},
    "stocktaking.leave_entry": None,
    "stocktaking.list_own_entries": {
        "items": [OWN_ROW, OWN_ROW | {"id": "e3", "title": "", "state": "draft", "visibility": "unpublished"}],
        "next": None,
    },
    "stocktaking.read_own_entry": OWN_ENTRY,
    "stocktaking.list_duplicates_of_own": {"items": [ALIKE]},
    "stocktaking.create_entry": OWN_ENTRY,
    "stocktaking.change_own_entry": OWN_ENTRY,
    "stocktaking.submit_own_entry": OWN_ENTRY,
    "stocktaking.take_back_own_entry": OWN_ENTRY,
    "stocktaking.withdraw_own_entry": OWN_ENTRY,
    "stocktaking.discard_own_draft": None,
    "stocktaking.list_saved_searches": {"items": [SAVED], "next": None},
    "stocktaking.read_saved_search": SAVED,
    "stocktaking.save_search": SAVED,
    "stocktaking.change_saved_search": SAVED,
    "stocktaking.remove_saved_search": None,
}
OWN_PATHS = (
    "/me",
    "/me/entries?done=discarded",
    "/me/entries/new",
    "/me/entries/e1?done=saved",
    "/me/searches/new?q=health&sdg=3,9",
    "/me/searches/s1?saved=yes",
    "/register/e1/claim",
    "/me/claims",
    "/me/claims/c1",
    "/me/entries/e1/sharing?done=asked",
    "/me/shares/s1",
    "/me/calls/k1?done=yes",
)
