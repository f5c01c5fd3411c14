from __future__ import annotations

import io
import json
import re
import resource
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest
from wsis_shared import reference
from wsis_shared.rendering import render
from wsis_shared.rendering.blocks import plain

from wsis_consultation.documents.layouts import lay_out
from wsis_consultation.documents.rules import KINDS, OUTCOMES, final_brief, outcome_document, outcomes

MARCH, AUGUST = datetime(2017, 3, 17, 12, tzinfo=UTC), datetime(2017, 8, 20, tzinfo=UTC)
LANGUAGES = [language.code for language in reference.languages()]


@pytest.fixture(scope="module")
def models(inputs_2017: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """A model of each kind."""
    from wsis_consultation.editions.rules import editions
    from wsis_consultation.editions.rules import reference as consultation

    edition = editions.from_seed(consultation.edition_seed(2017))
    start = datetime(2017, 6, 12, 8, tzinfo=UTC)
    session = {
        "code": "S1",
        "type": "thematic_workshop",
        "track": "forum",
        "title": {"en": "Captions"},
        "room": "Popov",
        "start": start,
        "end": start,
        "organizers": ["ITU"],
    }
    programme = {"number": "1.0", "sessions": [session], "rooms": [{"name": "Popov", "capacity": 250}]}
    return {
        "outcomes": outcomes.build(edition, inputs_2017, as_of=MARCH),
        "final_brief": final_brief.build(edition, programme, as_of=MARCH),
        "outcome_document": outcome_document.build(
            edition, {**programme, "sessions": [{**session, "id": "s1"}]}, outcomes={}, as_of=AUGUST
        ),
    }


def of_kind(document: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in document["blocks"] if block["block"] == kind]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_document_is_whole_in_every_language(models: Any, kind: str, language: str) -> None:
    document = lay_out(kind, models[kind], {}, language, "1.1")
    levels = [block["level"] for block in of_kind(document, "heading")]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    ids = [block["id"] for block in document["blocks"] if block.get("id")]
    assert len(ids) == len(set(ids))
    assert document["direction"] == ("rtl" if language == "ar" else "ltr")
    english = lay_out(kind, models[kind], {}, "en", "1.1")
    assert len(english["blocks"]) == len(document["blocks"])
    titles = [{plain(block["words"]) for block in of_kind(each, "heading")} for each in (document, english)]
    assert language == "en" or len(titles[0] & titles[1]) < 3  # "Sessions" is French too


@pytest.mark.parametrize("kind", ["final_brief", "outcome_document"])
def test_types_and_rooms_are_called_as_the_programme_calls_them(models: Any, kind: str) -> None:
    named = {
        **models[kind],
        "types": [{"code": "thematic_workshop", "title": {"en": "Theme lab", "ar": "مختبر المواضيع"}}],
        "room_names": {"Popov": {"ar": "قاعة بوبوف"}},
    }
    text = {
        language: json.dumps(lay_out(kind, named, {}, language, "1.1"), ensure_ascii=False) for language in ("ar", "fr")
    }
    assert "مختبر المواضيع" in text["ar"]
    assert "قاعة بوبوف" in text["ar"]
    assert "Theme lab" in text["fr"]
    assert "Popov" in text["fr"]
    assert "Atelier thématique" not in text["fr"]
    before = {name: value for name, value in models[kind].items() if name not in ("types", "room_names")}
    assert "Atelier thématique" in json.dumps(lay_out(kind, before, {}, "fr", "1.1"), ensure_ascii=False)


def test_charts_show_the_counts_and_the_table_below_says_the_same(models: Any) -> None:
    figures = models["outcomes"]["statistics"]
    document = lay_out(OUTCOMES, models["outcomes"], {}, "en", "1.1")
    charts = [(place, block) for place, block in enumerate(document["blocks"]) if block["block"] == "bars"]
    names = ("by_stakeholder_type", "by_region", "by_action_line", "by_sdg", "by_language")
    assert len(charts) == len(names)
    for (place, chart), name in zip(charts, names, strict=True):
        largest = max(row["count"] for row in figures[name])
        assert [row["ratio"] for row in chart["rows"]] == [
            pytest.approx(row["count"] / largest, abs=1e-4) for row in figures[name]
        ]
        said = [f"{row['count']} ({row['percent']}%)" for row in figures[name]]
        assert [row["value"]["text"] for row in chart["rows"]] == said
        assert all(value in chart["alt"] for value in said)
        table = document["blocks"][place + 1]
        assert [f"{plain(row[1])} ({plain(row[2])})" for row in table["rows"]] == said
    [annex] = [block for block in document["blocks"][-1:] if block["block"] == "bullets"]
    assert [plain(item).rpartition("group by ")[2] for item in annex["items"]] == [each[3:] for each in names]
    types = [(plain(row["label"]), row["value"]["text"]) for row in charts[0][1]["rows"]]
    assert types[1] == ("Civil Society", "78 (31%)")
    assert types[-1] == ("Academia / Technical Community", "17 (7%)")


def test_a_chart_with_one_bar_is_a_sentence(models: Any) -> None:
    document = lay_out("final_brief", models["final_brief"], {}, "en", "1.0")
    assert of_kind(document, "bars") == []
    said = [plain(block["words"]) for block in of_kind(document, "paragraph")]
    assert "One group only: Thematic Workshop, 1 (100%)." in said


def test_first_annex_lists_every_input_once(models: Any) -> None:
    document = lay_out(OUTCOMES, models["outcomes"], {}, "fr", "1.1")
    annexes = [place for place, block in enumerate(document["blocks"]) if block.get("id", "").startswith("annex-")]
    first = document["blocks"][annexes[0] : annexes[1]]
    listed = Counter(block["id"] for block in first if block["block"] == "entry")
    assert listed == Counter(row["receipt"] for row in models["outcomes"]["submissions"])
    assert len(listed) == 250
    event = next(block for block in first if block.get("id") == "OCP-2017-0050")
    assert "Contribution d’une manifestation nationale" in plain(event["about"])
    assert re.search(r"WSIS [A-Z]{2} 2016 \(3 novembre 2016\)$", plain(event["about"]))


def test_receipts_of_contributions_that_everybody_may_read_lead_to_them(
    edition: dict[str, Any], inputs_2017: list[dict[str, Any]]
) -> None:
    open_one, other = inputs_2017[9:11]
    inputs = [{**open_one, "consent": {"public": True}}, {**other, "consent": {"public": False}}]
    themes = [{"title": {"en": "Networks"}, "submissions": [one["_id"] for one in inputs]}]
    model = outcomes.build(edition, inputs, themes=themes, as_of=MARCH)

    def said(base: str) -> str:
        return json.dumps(lay_out(OUTCOMES, model, {}, "fr", "1.1", base), ensure_ascii=False)

    receipts = [row["receipt"] for row in model["submissions"]]
    text, address = said("https://wsis.example"), "https://wsis.example/fr/consultations/2017/contributions/"
    [theme] = [block for block in json.loads(text)["blocks"] if "Proposé dans" in plain(block.get("words", ()))]
    assert plain(theme["words"]) == f"Proposé dans : {receipts[0]}, {receipts[1]}"
    assert [run.get("link") for run in theme["words"] if run["text"] in receipts] == [address + receipts[0], None]
    assert text.count(address) == text.count(address + receipts[0]) > 1, "in the annexes too"
    assert address not in said("")


def test_people_keep_their_language_and_direction(models: Any) -> None:
    document = lay_out(OUTCOMES, models["outcomes"], {}, "en", "1.1")
    marked = Counter(
        (part["words"][0]["language"], part["words"][0]["direction"])
        for block in of_kind(document, "entry")
        for part in block["parts"]
    )
    assert marked["ar", "rtl"] > 20
    assert marked["zh", "ltr"] > 20
    assert ("ar", "ltr") not in marked
    arabic = lay_out(OUTCOMES, models["outcomes"], {}, "ar", "1.1")
    own = {run["direction"] for block in of_kind(arabic, "entry") for part in block["parts"] for run in part["words"]}
    assert own == {"", "ltr"}  # Arabic texts have the direction of the document


def test_prose_has_paragraphs_and_bullets_and_falls_back_to_english(models: Any) -> None:
    prose = {"executive_summary": {"en": "First.\n\n- one\n- two\n\nLast."}, "innovations": {"en": ""}}
    document = lay_out(OUTCOMES, models["outcomes"], prose, "ru", "1.1")
    first, bullets, last = document["blocks"][1:4]
    assert (plain(first["words"]), first["words"][0]["language"]) == ("First.", "en")
    assert [plain(item) for item in bullets["items"]] == ["one", "two"]
    assert plain(last["words"]) == "Last."
    titles = [plain(block["words"]) for block in of_kind(document, "heading")]
    assert not any("Нововведения" in title for title in titles)  # nothing was written


def test_250_inputs_are_rendered_in_seconds(edition: dict[str, Any], inputs_2017: list[dict[str, Any]]) -> None:
    model = outcomes.build(edition, inputs_2017, as_of=MARCH)
    document = lay_out(OUTCOMES, model, {}, "ar", "1.1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    made = render(document)
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert 0.1 < used < 20  # of the CPU: a busy machine takes longer
    assert made.missing == ()
    with pikepdf.open(io.BytesIO(made.files["pdf"])) as pdf:
        assert len(pdf.pages) > 50
