from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pikepdf
import pytest
from wsis_shared import document_versions, reference
from wsis_shared.rendering import Layout, render
from wsis_shared.rendering.blocks import plain, texts
from wsis_shared.schemas import LOCALES
from wsis_testkit import refused

from wsis_stocktaking.reports.layouts import MODEL, REQUEST, lay_out
from wsis_stocktaking.reports.layouts.charts import CHARTS, drawings
from wsis_stocktaking.reports.layouts.reader import Reader
from wsis_stocktaking.reports.layouts.report import document
from wsis_stocktaking.reports.rules.scopes import KINDS, PROSE, is_isbn
from wsis_stocktaking.reports.store import Reports
from wsis_stocktaking.reports.use_cases.building import BuildingCases
from wsis_stocktaking.settings import Settings

from ..report_kit import GLOBAL, STORIES, build, generated_model, pictures, regional, revisions

BASE = "https://wsis.example"
DRAWN = {"svg": "<svg/>", "png": ""}
PROSE_TEXTS = {name: {"en": f"Our {name}.\n\n- one\n- two", "ar": f"نص {name}\n\n- واحد"} for name in PROSE}


def laid_out(model: Any, language: str, **more: Any) -> dict[str, Any]:
    drawn = {name: DRAWN for name, _ in drawings(Reader(language), model["scope"], model["statistics"])}
    return document(
        model, **{"prose": {}, "language": language, "number": "1.0", "base": BASE, "pictures": drawn, **more}
    )


def of_kind(found: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [block for block in found["blocks"] if block["block"] == kind]


@pytest.fixture(scope="module")
def models(make_content: Callable[..., Any]) -> dict[str, Any]:
    """A model of each kind."""
    stories = list(revisions([make_content(title={"en": name}) for name in "AB"]))
    for row, status in zip(stories, ("winner", "champion"), strict=True):
        row["prize"] = {"edition": "2017", "category": "C1", "status": status}
    return {
        "global": generated_model(GLOBAL, 120),
        "regional": generated_model(regional("arab_states"), 120),
        "success_stories": build(STORIES, stories),
    }


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_whole_in_every_language(models: Any, kind: str, language: str) -> None:
    found, english = (laid_out(models[kind], each, prose=PROSE_TEXTS) for each in (language, "en"))
    levels = [block["level"] for block in of_kind(found, "heading")]
    assert all(after <= before + 1 for before, after in zip([0, *levels], levels, strict=False))
    ids = [block["id"] for block in found["blocks"] if block.get("id")]
    assert len(ids) == len(set(ids))
    assert found["direction"] == ("rtl" if language == "ar" else "ltr")
    assert len(found["blocks"]) == len(english["blocks"])
    assert not [text for text in texts(found["blocks"]) if "{" in text]
    alternatives = [block["alt"] for block in of_kind(found, "figure")]
    assert len(alternatives) == len(CHARTS[kind]) + (kind != "success_stories")
    if language != "en":
        assert not {block["alt"] for block in of_kind(english, "figure")} & set(alternatives)


def test_a_text_is_in_the_language_of_the_reader_or_marked_as_that_of_its_author(
    make_content: Callable[..., Any],
) -> None:
    contents = [
        make_content(title={"en": "Farmers", "ar": "مزارعون"}, description={"en": "Prices", "ar": "أسعار"}),
        make_content(title={"fr": "Santé"}, description={"fr": "Soins"}, original_language="fr"),
        make_content(title={"en": "Towns", "ar": "مدن"}, description={"en": "Networks", "ar": "شبكات"}),
    ]
    rows = list(revisions(contents))
    rows[2]["by_secretariat"] = ["ar"]
    model = build(GLOBAL, rows)
    told = of_kind(laid_out(model, "ar"), "entry")
    titles = {block["words"][1]["text"]: block["words"][1] for block in told}
    assert (titles["مزارعون"]["language"], titles["مزارعون"]["direction"]) == ("", "")
    assert (titles["Santé"]["language"], titles["Santé"]["direction"]) == ("fr", "ltr")
    said = {block["words"][1]["text"]: plain(block["about"]) for block in told}
    assert {title for title, text in said.items() if "ترجمة المساهم (لغة الأصل: الإنجليزية)" in text} == {"مزارعون"}
    assert {title for title, text in said.items() if "ترجمة الأمانة (لغة الأصل: الإنجليزية)" in text} == {"مدن"}


@pytest.mark.parametrize("kind", KINDS)
def test_below_each_chart_stands_a_table_and_the_number_of_its_query_in_the_annex(models: Any, kind: str) -> None:
    blocks = laid_out(models[kind], "fr")["blocks"]
    annex = next(place for place, block in enumerate(blocks) if block.get("id") == "annex-4")
    queries = [[*row[0], *row[2]] for row in blocks[annex + 1]["rows"]]
    figures = [place for place, block in enumerate(blocks) if block["block"] == "figure"]
    assert len(figures) == len(queries) >= 3
    for place, (number, address) in zip(figures, queries, strict=True):
        source = blocks[place]["source"][0]
        assert (source["text"], source["link"]) == (f"Requête {number['text']}, voir l’annexe", "#annex-4")
        assert blocks[place + 1]["block"] == "table"
        assert address["text"] == address["link"]
        asked = parse_qs(urlsplit(address["link"]).query)
        assert urlsplit(address["link"]).path == "/fr/register/figures", "a page, and no JSON"
        assert {"rows", "columns"} < set(asked)
        assert asked["sequence"] == ["9000"]
        of_kind = {"prize": ["winner,champion"], "edition": ["2017"]}
        assert of_kind.items() <= asked.items() if kind == "success_stories" else asked["year"] == ["2014,2015,2016"]
        assert asked.get("region") == (["arab_states"] if kind == "regional" else None)


def test_each_activity_leads_to_its_record(make_content: Callable[..., Any]) -> None:
    lines = [{"line": line, "sub_themes": []} for line in ("C2", "C3")]
    content = make_content(
        title={"fr": "Santé"}, description={"fr": "Soins"}, original_language="fr", action_lines=lines
    )
    found = laid_out(build(GLOBAL, revisions([content])), "ar")
    runs = [run for block in found["blocks"] for run in _runs(block) if run["text"] == "Santé"]
    assert len(runs) == 3, "in its chapter, below its other line, in the list"
    assert {run["link"] for run in runs} == {f"{BASE}/ar/register/e1"}


def _runs(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "text" in node:
            yield node
        for value in node.values():
            yield from _runs(value)
    elif isinstance(node, list):
        for value in node:
            yield from _runs(value)


def test_chapters_follow_on(models: Any) -> None:
    headings = of_kind(laid_out(models["global"], "en", prose=PROSE_TEXTS), "heading")
    begins = [block["id"] for block in headings if block["new_page"]]
    assert [id for id in begins if not id.startswith("section-")] == ["annex-1"]
    assert len(begins) == 2, "introduction and annexes"


def test_an_entry_names_its_goals_and_targets(make_content: Callable[..., Any]) -> None:
    model = build(GLOBAL, revisions([make_content(sdgs=[2, 9], targets=["2.3", "2.a"])]))
    [entry] = of_kind(laid_out(model, "en"), "entry")
    assert plain(entry["parts"][-1]["words"]) == "SDGs and targets: 2 (2.3, 2.a); 9"


def test_each_line_has_a_chapter_and_an_empty_one_says_so(make_content: Callable[..., Any]) -> None:
    found = laid_out(build(GLOBAL, revisions([make_content()])), "en")
    chapters = [block["id"] for block in of_kind(found, "heading") if block["level"] == 1]
    assert [id for id in chapters if id.startswith("line-")] == [
        f"line-{line.code}" for line in reference.action_lines()
    ]
    said = [plain(block["words"]) for block in of_kind(found, "paragraph")]
    assert said.count("No activity in this report.") == len(reference.action_lines()) - 1


def imprint(model: Any, language: str, **more: Any) -> dict[str, list[dict[str, Any]]]:
    return {row["label"]["text"]: row["words"] for row in laid_out(model, language, **more)["imprint"]}


def test_a_report_names_the_licence_of_its_texts_as_a_link(make_content: Callable[..., Any]) -> None:
    licence = "https://licence.example/4.0/"
    words = imprint(build(GLOBAL, revisions([make_content()]), licence), "en")["Licence"]
    assert plain(words) == f"The texts of the activities are published under the licence at {licence}"
    assert words[-1]["link"] == licence
    assert "Licence" not in imprint(build(GLOBAL, revisions([make_content()])), "en")


def test_the_imprint_has_the_numbers_of_its_language_and_says_whom_to_ask(models: Any) -> None:
    numbers = {"isbn": {"en": "978-92-61-28741-2"}, "publication_number": {"en": "STK-2016-E", "fr": "STK-2016-F"}}
    english, french = (imprint(models["regional"], language, prose=numbers) for language in ("en", "fr"))
    assert plain(english["ISBN"]) == "978-92-61-28741-2"
    assert "ISBN" not in french, "that of another edition would be wrong"
    assert plain(french["Numéro de publication"]) == "STK-2016-F"
    assert plain(english["Disclaimer"]).startswith("The texts are those of the contributors")
    [online] = english["Online"]
    assert online["link"] == f"{BASE}/en/reports/regional-arab_states-2014-01-01-2016-12-31-1.0"
    assert [each["link"] for each in french["Contact"]] == [f"{BASE}/fr/contact"]


@pytest.mark.parametrize(
    ("text", "valid"),
    [("978-92-61-28741-2", True), ("9789261287412", True), ("978-92-61-28741-3", False), ("92-61-28741", False)],
)
def test_an_isbn_has_its_check_digit(text: str, valid: bool) -> None:
    assert is_isbn(text) is valid


def test_what_officers_wrote_stands_in_its_chapter(models: Any) -> None:
    found = laid_out(models["global"], "en", prose=PROSE_TEXTS)
    said = [plain(block["words"]) for block in of_kind(found, "paragraph")]
    assert {f"Our {name}." for name in PROSE} <= set(said)
    assert "Our conclusion." not in [
        plain(block["words"]) for block in of_kind(laid_out(models["global"], "en"), "paragraph")
    ]


def test_an_arabic_report_is_rendered_from_its_model_with_charts(make_content: Callable[..., Any]) -> None:
    model = generated_model(regional("arab_states"), 60)
    drawn = pictures(model, "ar")
    request = {"prose": PROSE_TEXTS, "language": "ar", "number": "1.0", "base": BASE, "pictures": drawn}
    files = {MODEL: gzip.compress(document_versions.canonical(model)), REQUEST: json.dumps(request).encode()}
    made = render(Layout("wsis_stocktaking.reports.layouts:lay_out", files))
    assert made.missing == ()
    with pikepdf.open(io.BytesIO(made.files["pdf"])) as pdf:
        assert pdf.Root.Lang == "ar"
        tags = [tag for tag in pdf.objects if isinstance(tag, pikepdf.Dictionary)]
        assert sum("/Alt" in tag for tag in tags) == len(drawn) == len(CHARTS["regional"]) + 1
    record = b"https://wsis.example/ar/register/e"  # and not the figures
    with pikepdf.open(io.BytesIO(made.files["pdf"])) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", ())]
        links = [str(note.A.URI) for note in notes if "/URI" in note.get("/A", {})]
    assert len({link for link in links if link.encode().startswith(record)}) == len(model["entries"])
    assert made.files["html"].count(b'<a href="' + record) >= 2 * len(model["entries"])
    with zipfile.ZipFile(io.BytesIO(made.files["docx"])) as docx:
        assert docx.read("word/_rels/document.xml.rels").count(record) == len(model["entries"])
    assert made.files["html"].count(b"data:image/svg+xml;base64,") == len(drawn)
    assert made.files["docx"].startswith(b"PK")


def test_a_report_without_entries_is_whole(tmp_path: Path) -> None:
    model = build(GLOBAL, [])
    found = laid_out(model, "zh")
    assert of_kind(found, "figure") == []
    (tmp_path / MODEL).write_bytes(gzip.compress(document_versions.canonical(model)))
    request = {"prose": {}, "language": "zh", "number": "1.0", "base": BASE, "pictures": {}}
    (tmp_path / REQUEST).write_text(json.dumps(request), "utf-8")
    assert lay_out(tmp_path) == found


def test_a_chart_that_takes_too_long_is_no_refusal_so_the_step_is_tried_again(make_content: Any) -> None:
    model = build(GLOBAL, revisions([make_content()]))
    settings = Settings(stocktaking_rendering_seconds=0)
    hurried = BuildingCases(Reports(Any), Any, Any, Any, settings, BASE)  # type: ignore[arg-type]
    version = {
        "_id": "global",
        "prose": {},
        "prose_revision": 1,
        "number": "1.0",
        "scope": GLOBAL,
        "statistics": model["statistics"],
    }
    with refused("stocktaking.rendering_failed"):
        hurried._render(SimpleNamespace(report=list), Any, version, "en")  # type: ignore[arg-type]


def test_the_index_names_the_activities_of_each_country(make_content: Callable[..., Any]) -> None:
    contents = [make_content(countries=["EG", "NO"]), make_content(countries=["PS"]), make_content(countries=["EG"])]
    for scope, named in ((regional("arab_states"), ["Egypt", "Palestine, State of"]), (GLOBAL, ["Egypt", "Norway"])):
        blocks = laid_out(build(scope, revisions(contents)), "en")["blocks"]
        place = next(place for place, block in enumerate(blocks) if block.get("id") == "annex-2")
        rows = [[plain(cell) for cell in row] for row in blocks[place + 1]["rows"]]
        assert [country for country, _ in rows][:2] == named
        assert rows[0][1] == "1, 3"
