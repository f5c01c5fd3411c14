from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from marshmallow import fields
from wsis_shared.blobs import store as blob_store
from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, crash_at, refused, wait_for

from wsis_stocktaking.analysis.schemas import CrosstabQuery
from wsis_stocktaking.register.store.register import Publication, Register

from ..chart_queries import differing

SECONDS = 240.0  # for a job, on a busy machine
MARCH = datetime(2016, 3, 10, 12, tzinfo=UTC)
LATER = datetime(2016, 8, 1, 12, tzinfo=UTC)
PERIOD = {"start": "2015-03-01", "end": "2016-03-31", "basis": "submitted"}
ID = "regional-arab_states-2015-03-01-2016-03-31-1.0"
PROSE = {"introduction": {"en": "What the region has done.", "ar": "ما أنجزته المنطقة."}}
CASES = "wsis_stocktaking.reports.use_cases"


@pytest.fixture(scope="module")
def register(stocktaking: Any, database: Any) -> Register:
    """The register of the service."""
    return Register(database("stocktaking"))


@pytest.fixture(scope="module")
def publish_entry(register: Register) -> Callable[..., dict[str, Any]]:
    """Make a content public, as a new entry or as the next revision of one."""

    def publish(content: dict[str, Any], id: str, at: datetime, prize: dict[str, Any] | None = None) -> dict[str, Any]:
        def step() -> dict[str, Any]:
            try:
                entry = register.find(id)
            except NotFound:
                entry = register.new_entry(id, "submission", "ama", at)
            return register.publish([Publication(entry, content, prize)], at)[0]

        return in_transaction(step)

    return publish


@pytest.fixture(scope="module")
def entries(publish_entry: Any, make_content: Any) -> None:
    """Two Arab entries of the period and one before it, and one of Kenya."""
    publish_entry(make_content(countries=["EG"], title={"en": "Too early"}), "early", datetime(2014, 1, 1, tzinfo=UTC))
    publish_entry(make_content(countries=["EG"], title={"en": "Updated"}), "egypt", datetime(2014, 1, 2, tzinfo=UTC))
    publish_entry(make_content(countries=["EG"], title={"en": "Updated again"}), "egypt", MARCH)
    publish_entry(make_content(countries=["PS"], title={"en": "Palestinian network"}), "palestine", MARCH)
    publish_entry(make_content(countries=["KE"], title={"en": "Elsewhere"}), "kenya", MARCH)


@pytest.fixture(scope="module")
def report(stocktaking: Any, entries: None, officer: Any) -> dict[str, Any]:
    """The report of the Arab States in Arabic, published."""
    built = build(stocktaking, officer, languages=["ar"])
    publish(stocktaking, officer, ID)
    return built


def build(served: Any, officer: Any, at: datetime = LATER, **body: Any) -> dict[str, Any]:
    wanted = {
        "kind": "regional",
        "period": PERIOD,
        "region": "arab_states",
        "edition": None,
        "as_of": None,
        "sequence": None,
        "version": None,
        "languages": ["en"],
        **body,
    }
    built: dict[str, Any] = served.run_job(
        "start_report", officer, seconds=SECONDS, context={"received_at": at}, body=wanted
    )
    return built


def publish(served: Any, officer: Any, report: str) -> Any:
    return served.call(
        "publish_report", officer, context={"received_at": LATER}, report=report, body={"reason": "Agreed"}
    )


def content(served: Any, report: str, format: str, language: str = "en", who: Any = None) -> bytes:
    handler = "read_report_version_file" if who else "read_report_file"
    found = served.call(handler, who or actor(), report=report, format=format, language=language)
    return b"".join(blob_store.of("stocktaking").open(found["blob"]))


def asking(served: Any) -> Callable[[str], Any]:
    """Asks what an address asks for, as the gateway would."""

    def ask(address: str) -> Any:
        schema, named = CrosstabQuery(), dict(parse_qsl(urlsplit(address).query))
        several = {name for name, field in schema.fields.items() if isinstance(field, fields.List)}
        query: dict[str, Any] = schema.load(
            {name: text.split(",") if name in several else text for name, text in named.items()}
        )
        return served.call("read_crosstab", **query)

    return ask


def test_a_published_report_is_read_in_every_format(stocktaking: Any, report: dict[str, Any]) -> None:
    read = stocktaking.call("read_report", context={"locale": "fr"}, report=ID)
    assert (read["title"], read["version"], read["total"]) == ("Rapport régional : États arabes", "1.0", 2)
    assert sum(row["percent"] for row in read["statistics"]["by_coverage"]) == 100
    assert read["prose"] == {}
    assert {(one["language"], one["format"]) for one in read["files"]} == {
        ("ar", format) for format in ("html", "pdf", "docx")
    }
    assert content(stocktaking, ID, "pdf", "ar").startswith(b"%PDF-")
    assert content(stocktaking, ID, "docx", "ar").startswith(b"PK")
    page = stocktaking.call("render_report_page", context={"locale": "ar"}, report=ID)["text"]
    assert '<html lang="ar" dir="rtl">' in page
    assert [text for text in ("Updated again", "Palestinian network") if text not in page] == []
    assert [text for text in ("Too early", "Elsewhere") if text in page] == []
    with refused("stocktaking.report_file_unknown", report=ID):
        content(stocktaking, ID, "pdf", "en")


def test_queries_below_the_charts_of_active_entries_give_their_figures(
    stocktaking: Any, report: dict[str, Any], officer: Any
) -> None:
    """Two of them were submitted later, and began in the period."""
    period = {"start": "2014-01-01", "end": "2014-12-31", "basis": "active"}
    built = build(stocktaking, officer, period=period, sequence=report["sequence"])
    read = stocktaking.call("read_report_version", officer, report=built["report"])
    assert read["total"] == 3
    page = content(stocktaking, built["report"], "html", who=officer).decode()
    assert differing(page, "regional", read["statistics"], asking(stocktaking)) == []
    stocktaking.call("remove_report", officer, report=built["report"])


def test_the_model_has_the_digest_of_the_report(stocktaking: Any, report: dict[str, Any]) -> None:
    model = gzip.decompress(content(stocktaking, ID, "json"))
    assert hashlib.sha256(model).hexdigest() == report["sha256"]
    said = json.loads(model)
    assert [entry["entry"] for entry in said["entries"]] == ["palestine", "egypt"]
    assert said["sequence"] == report["sequence"]
    assert "ama" not in json.dumps(said["entries"])


def test_a_rebuild_at_the_same_sequence_has_the_same_digest_and_starts_as_a_draft(
    stocktaking: Any, report: dict[str, Any], officer: Any, publish_entry: Any, make_content: Any
) -> None:
    publish_entry(make_content(countries=["EG"], title={"en": "Changed later"}), "egypt", LATER)
    again = build(stocktaking, officer, at=LATER + timedelta(days=9), sequence=report["sequence"])
    assert (again["sha256"], again["version"]) == (report["sha256"], "1.1")
    assert b"Changed later" not in content(stocktaking, again["report"], "html", who=officer)
    queues = {row["code"]: row for row in stocktaking.call("list_waiting", officer)["items"]}
    assert queues["report_drafts"]["count"] > 0
    assert queues["report_drafts"]["page"].startswith("/desk/reports/regional-arab_states")
    for handler in ("read_report", "render_report_page", "read_report_file"):
        with refused("stocktaking.report_unknown"):
            stocktaking.call(handler, report=again["report"])


def test_a_later_version_has_its_own_entries_and_texts_and_the_earlier_one_stays(
    stocktaking: Any, report: dict[str, Any], officer: Any, publish_entry: Any, make_content: Any
) -> None:
    publish_entry(make_content(countries=["EG"], title={"en": "Changed later"}), "egypt", LATER)
    before = content(stocktaking, ID, "pdf", "ar")
    id = build(stocktaking, officer, as_of=LATER, version="2.0")["report"]
    changed = stocktaking.call("write_report_prose", officer, report=id, body=PROSE)
    assert (changed["outdated"], changed["sha256"] == report["sha256"]) == (["en"], False)
    with refused("stocktaking.report_not_rendered"):
        publish(stocktaking, officer, id)
    stocktaking.run_job("render_report_files", officer, seconds=SECONDS, report=id)
    page = content(stocktaking, id, "html", who=officer).decode()
    assert [text for text in ("Changed later", PROSE["introduction"]["en"]) if text not in page] == []
    publish(stocktaking, officer, id)
    assert {one["version"] for one in stocktaking.call("list_reports")["items"]} == {"1.0", "2.0"}
    assert content(stocktaking, ID, "pdf", "ar") == before


def test_prose_keeps_its_languages_and_of_two_who_write_it_one_wins(
    stocktaking: Any, report: dict[str, Any], officer: Any
) -> None:
    id = build(stocktaking, officer, version="9.0")["report"]

    def write(if_match: list[int] | None, **body: Any) -> Any:
        return stocktaking.call("write_report_prose", officer, report=id, if_match=if_match, body=body)

    read = stocktaking.call("read_report_version", officer, report=id)["revision"]
    write([read], conclusion={"en": "More captions.", "fr": "Davantage."})
    with refused("suite.changed_since_read", difference={"conclusion": {"en": "More captions.", "fr": "Davantage."}}):
        write([read], conclusion={"pt": "Mais."})
    now = stocktaking.call("read_report_version", officer, report=id)["revision"]
    written = write([now], conclusion={"pt": "Mais.", "fr": None})["prose"]["conclusion"]
    assert written == {"en": "More captions.", "pt": "Mais."}
    stocktaking.call("remove_report", officer, report=id)


def test_a_published_report_never_changes(stocktaking: Any, report: dict[str, Any], officer: Any) -> None:
    changes: tuple[Callable[[], Any], ...] = (
        lambda: stocktaking.call("write_report_prose", officer, report=ID, body=PROSE),
        lambda: stocktaking.call("remove_report", officer, report=ID),
        lambda: stocktaking.run_job("render_report_files", officer, report=ID),
    )
    for change in changes:
        with refused("stocktaking.report_not_draft"):
            change()
    assert publish(stocktaking, officer, ID) == publish(stocktaking, officer, ID)


def test_publication_is_announced_once_and_audited(stocktaking: Any, published: Any, report: dict[str, Any]) -> None:
    seen = published("stocktaking")

    def announced() -> list[dict[str, Any]]:
        return [event["data"] for event in seen.of("report_published") if event["data"]["report"] == ID]

    assert wait_for(announced) == [
        {
            "report": ID,
            "kind": "regional",
            "version": "1.0",
            "region": "arab_states",
            "edition": None,
            "as_of": "2016-03-31T23:59:59.999000Z",
            "sequence": report["sequence"],
            "languages": ["ar"],
        }
    ]
    actions = {event["data"]["action"] for event in seen.of("action_taken")}
    assert {f"stocktaking.report_{done}" for done in ("built", "published")} <= actions


def test_what_cannot_be_built_is_refused_at_once(stocktaking: Any, report: dict[str, Any], officer: Any) -> None:
    refusals: tuple[tuple[dict[str, Any], type[Exception], str], ...] = (
        ({"as_of": LATER + timedelta(days=1)}, Invalid, "stocktaking.report_as_of_later"),
        ({"sequence": 10**6}, Invalid, "stocktaking.report_sequence_later"),
        ({"version": "1.0"}, Conflict, "stocktaking.report_version_too_low"),
    )
    for body, kind, code in refusals:
        with pytest.raises(kind) as refusal:
            build(stocktaking, officer, **body)
        assert refusal.value.code == code  # type: ignore[attr-defined]


def test_success_stories_are_refused_until_winners_are_announced(
    stocktaking: Any, entries: None, officer: Any, publish_entry: Any, make_content: Any
) -> None:
    stories = {"kind": "success_stories", "edition": "2017", "period": None, "region": None}
    champion = {"edition": "2017", "category": "C1", "status": "champion"}
    publish_entry(make_content(title={"en": "A champion"}), "champion", LATER, champion)
    with refused("stocktaking.winners_not_announced"):
        build(stocktaking, officer, **stories)
    sequence = publish_entry(make_content(title={"en": "A winner"}), "winner", LATER, {**champion, "status": "winner"})
    # At a moment before the release the register has no winner, although it has one now.
    with pytest.raises(AssertionError, match="failed"):
        build(stocktaking, officer, **stories, sequence=sequence["sequence"] - 1)
    versions = stocktaking.call("list_report_versions", officer)["items"]
    assert "success_stories" not in {one["kind"] for one in versions}
    built = build(stocktaking, officer, **stories)
    page = content(stocktaking, built["report"], "html", who=officer).decode()
    assert page.index("A winner") < page.index("A champion")
    said = stocktaking.call("read_report_version", officer, report=built["report"])
    assert differing(page, "success_stories", said["statistics"], asking(stocktaking)) == []
    assert "Digital farmers" not in page
    stocktaking.call("remove_report", officer, report=built["report"])
    with refused("stocktaking.report_unknown"):
        stocktaking.call("read_report_version", officer, report=built["report"])


def test_a_report_is_built_once_although_the_service_dies_at_each_step(
    serve: Any, stocktaking: Any, entries: None, officer: Any, database: Any
) -> None:
    """After the model is frozen, and after the files are stored, each time before the step is."""
    stocktaking.process.terminate()
    stocktaking.process.wait(30)
    body = {
        "kind": "global",
        "period": PERIOD,
        "region": None,
        "edition": None,
        "as_of": None,
        "sequence": None,
        "version": None,
        "languages": ["en"],
    }
    first = serve("stocktaking", **crash_at(f"{CASES}.building:BuildingCases._freeze:after"))
    with suppress(Unavailable):  # it may die before its response is sent
        first.call("start_report", officer, body=body)
    assert first.process.wait(30) == 137
    second = serve("stocktaking", wait=False, **crash_at(f"{CASES}.building:BuildingCases._render:after"))
    assert second.process.wait(SECONDS) == 137
    last, jobs = serve("stocktaking"), database("stocktaking")["jobs"]
    wait_for(lambda: all(job["state"] == "succeeded" for job in jobs.find({"arguments.scope.kind": "global"})), SECONDS)
    [version] = [one for one in last.call("list_report_versions", officer)["items"] if one["kind"] == "global"]
    assert (version["version"], version["total"], version["outdated"]) == ("1.0", 3, [])
    page = content(last, version["id"], "html", who=officer).decode()
    assert differing(page, "global", version["statistics"], asking(last)) == []
