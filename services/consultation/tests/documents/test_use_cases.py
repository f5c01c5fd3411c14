from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from wsis_shared.blobs import store as blob_store
from wsis_testkit import actor, refused, wait_for
from wsis_testkit import publish as publish_event

from wsis_consultation.documents.store import Documents
from wsis_consultation.documents.use_cases.building import BuildingCases
from wsis_consultation.settings import Settings

MARCH = datetime(2017, 3, 17, 12, tzinfo=UTC)
APRIL = "programme"
SUMMARY = {"executive_summary": {"en": "Stakeholders asked for captions.", "ar": "طلب أصحاب المصلحة ترجمة نصية."}}


@pytest.fixture(scope="module")
def submitted(consultation: Any, database: Any, inputs_2017: list[dict[str, Any]]) -> Iterator[Any]:
    """The database of the service with a fifth of the inputs."""
    db = database("consultation")
    db["submissions"].insert_many([dict(row) for row in inputs_2017[::5]])
    yield db
    db["submissions"].delete_many({})


@pytest.fixture(scope="module")
def outcomes(consultation: Any, submitted: Any) -> dict[str, Any]:
    """Version 1.1 in two languages, published."""
    built = build(consultation, version="1.1")
    id = built["document"]
    consultation.call("write_document_prose", consultation.officer, at=APRIL, edition="2017", document=id, body=SUMMARY)
    consultation.run("render_document_files", edition="2017", document=id)
    consultation.call(
        "publish_document", consultation.officer, at=APRIL, edition="2017", document=id, body={"reason": None}
    )
    return built


def build(consultation: Any, **body: Any) -> dict[str, Any]:
    wanted = {
        "kind": "outcomes",
        "as_of": MARCH,
        "version": None,
        "merge_academia_technical": True,
        "languages": ["en", "ar"],
        **body,
    }
    built: dict[str, Any] = consultation.run("start_document", edition="2017", body=wanted)
    return built


def content(consultation: Any, document: str, format: str, language: str = "en", **more: Any) -> bytes:
    handler = more.pop("handler", "read_document_file")
    found = consultation.call(
        handler, more.pop("who", actor()), at=APRIL, edition="2017", document=document, format=format, language=language
    )
    return b"".join(blob_store.of("consultation").open(found["blob"]))


def test_published_document_is_read_in_every_format(consultation: Any, outcomes: dict[str, Any]) -> None:
    id = outcomes["document"]
    read = consultation.call("read_document", edition="2017", document=id, at=APRIL, context={"locale": "fr"})
    assert (read["title"], read["version"], read["total"]) == ("Résultats et analyse", "1.1", 50)
    assert sum(row["percent"] for row in read["statistics"]["by_stakeholder_type"]) == 100
    assert {(one["language"], one["format"]) for one in read["files"]} == {
        (language, format) for language in ("en", "ar") for format in ("html", "pdf", "docx")
    }
    assert content(consultation, id, "pdf").startswith(b"%PDF-")
    assert content(consultation, id, "docx", "ar").startswith(b"PK")
    page = consultation.call("render_document_page", at=APRIL, edition="2017", document=id, context={"locale": "ar"})
    assert '<html lang="ar" dir="rtl">' in page["text"]
    assert SUMMARY["executive_summary"]["ar"] in page["text"]
    with refused("consultation.document_file_unknown", document=id):
        content(consultation, id, "pdf", "ru")


def test_page_in_a_language_that_is_not_rendered_is_in_the_first(consultation: Any, outcomes: dict[str, Any]) -> None:
    page = consultation.call(
        "render_document_page", at=APRIL, edition="2017", document=outcomes["document"], context={"locale": "ru"}
    )
    assert page["filename"] == "2017-outcomes-1.1-en.html"
    assert "Stakeholders asked for captions." in page["text"]


def test_model_has_the_digest_of_the_document_and_no_contact_data(consultation: Any, outcomes: dict[str, Any]) -> None:
    model = gzip.decompress(content(consultation, outcomes["document"], "json"))
    assert hashlib.sha256(model).hexdigest() == outcomes["sha256"]
    assert len(json.loads(model)["submissions"]) == 50
    assert "ngo.example" not in model.decode()
    assert "Umutoni" not in model.decode()


def test_an_earlier_version_stays_readable_after_a_later_one(
    consultation: Any, outcomes: dict[str, Any], submitted: Any, inputs_2017: list[dict[str, Any]]
) -> None:
    before = content(consultation, outcomes["document"], "pdf")
    one_more = {**inputs_2017[0], "_id": "s251", "number": 251}
    submitted["submissions"].insert_one(one_more)
    later = build(consultation, languages=["en"])
    publish(consultation, later["document"])
    submitted["submissions"].delete_one({"_id": "s251"})
    listed = consultation.call("list_documents", at=APRIL, edition="2017")["items"]
    assert [(one["version"], one["total"]) for one in listed] == [("1.2", 51), ("1.1", 50)]
    assert content(consultation, outcomes["document"], "pdf") == before
    draft = consultation.call("read_document_version", consultation.officer, edition="2017", document=later["document"])
    assert draft["prose"] == SUMMARY  # taken over from 1.1


def publish(consultation: Any, document: str) -> Any:
    return consultation.call(
        "publish_document", consultation.officer, at=APRIL, edition="2017", document=document, body={"reason": "Agreed"}
    )


def test_the_same_inputs_give_the_same_digest(consultation: Any, outcomes: dict[str, Any]) -> None:
    again = build(consultation, languages=["en"])
    assert again["sha256"] == outcomes["sha256"]
    remove(consultation, again["document"])
    apart = build(consultation, languages=["en"], merge_academia_technical=False)
    assert apart["sha256"] != outcomes["sha256"]
    remove(consultation, apart["document"])


def remove(consultation: Any, document: str) -> None:
    consultation.call("remove_document", consultation.officer, edition="2017", document=document)


def test_a_draft_is_for_officers_and_must_be_rendered_before_it_is_public(consultation: Any, submitted: Any) -> None:
    id = build(consultation, languages=["en"])["document"]
    for handler in ("read_document", "render_document_page", "read_document_file"):
        with refused("consultation.document_unknown"):
            consultation.call(handler, edition="2017", document=id)
    assert content(consultation, id, "pdf", handler="read_document_version_file").startswith(b"%PDF-")
    changed = consultation.call(
        "write_document_prose",
        consultation.officer,
        edition="2017",
        document=id,
        body={"innovations": {"en": "A hackathon."}},
    )
    assert changed["outdated"] == ["en"]
    with refused("consultation.document_not_rendered"):
        publish(consultation, id)
    consultation.run("render_document_files", edition="2017", document=id)
    assert b"A hackathon." in content(consultation, id, "html", handler="read_document_version_file")
    remove(consultation, id)
    with refused("consultation.document_unknown"):
        consultation.call("read_document_version", consultation.officer, edition="2017", document=id)
    next = build(consultation, languages=["en"])["document"]
    draft = consultation.call("read_document_version", consultation.officer, edition="2017", document=next)
    assert "innovations" not in draft["prose"]  # what was removed does not come back
    remove(consultation, next)


def test_a_published_version_never_changes(consultation: Any, outcomes: dict[str, Any]) -> None:
    id = outcomes["document"]
    changes: tuple[Callable[[], Any], ...] = (
        lambda: consultation.call(
            "write_document_prose", consultation.officer, edition="2017", document=id, body=SUMMARY
        ),
        lambda: remove(consultation, id),
        lambda: consultation.run("render_document_files", edition="2017", document=id),
    )
    for change in changes:
        with refused("consultation.document_not_draft"):
            change()
    first = publish(consultation, id)
    assert publish(consultation, id) == first


def test_publication_is_announced_once_without_personal_data(consultation: Any, outcomes: dict[str, Any]) -> None:
    def announced() -> list[dict[str, Any]]:
        events = consultation.published.of("document_published")
        return [event["data"] for event in events if event["data"]["document"] == outcomes["document"]]

    consultation.published.wait("document_published")
    assert announced() == [
        {
            "edition": "2017",
            "document": "2017-outcomes-1.1",
            "kind": "outcomes",
            "version": "1.1",
            "as_of": "2017-03-17T12:00:00Z",
            "languages": ["en", "ar"],
        }
    ]
    actions = [event["data"]["action"] for event in consultation.published.of("action_taken")]
    assert {"consultation.document_built", "consultation.document_edited", "consultation.document_published"} <= {
        *actions
    }


def test_what_cannot_be_built_is_refused_at_once(consultation: Any, outcomes: dict[str, Any]) -> None:
    with refused("consultation.document_as_of_later") as later:
        build(consultation, as_of=datetime(2018, 1, 1, tzinfo=UTC))
    assert later.value.fields == {"as_of": ["Not after now."]}
    with refused("consultation.document_version_too_low"):
        build(consultation, version="1.1")
    with refused("consultation.document_without_programme"):
        build(consultation, kind="final_brief")
    id = build(consultation, languages=["en"])["document"]
    with refused("consultation.document_prose_unknown") as text:
        consultation.call(
            "write_document_prose",
            consultation.officer,
            edition="2017",
            document=id,
            body={"practical_information": {"en": "x"}},
        )
    assert list(text.value.fields) == ["practical_information"]
    remove(consultation, id)


def test_final_brief_says_what_the_published_programme_says(consultation: Any, database: Any, amqp_client: Any) -> None:
    db, start = database("consultation"), datetime(2017, 6, 13, 7, tzinfo=UTC)
    session = {
        "id": "a",
        "number": 1,
        "code": "S00001",
        "type": "thematic_workshop",
        "track": "forum",
        "title": {"en": "Captions for all"},
        "organizers": ["APC"],
        "action_lines": ["C3"],
        "sdgs": [9],
        "room": "popov",
        "start": start,
        "end": start,
        "state": "confirmed",
    }
    gone = {**session, "id": "b", "code": "S00002", "title": {"en": "Cancelled"}, "state": "cancelled"}
    db["agendas"].insert_one({"_id": "2017", "published": "1.0", "rooms": [{"code": "popov", "capacity": 250}]})
    db["programme_versions"].insert_one(
        {
            "_id": "2017-1.0",
            "edition": "2017",
            "number": "1.0",
            "rooms": [{"code": "popov", "name": "Room Popov"}],
            "sessions": [session, gone],
        }
    )
    db["candidates"].insert_many(
        [
            {
                "_id": name,
                "edition": "2017",
                "state": state,
                "consent": consent,
                "full_name": name,
                "organization": "APC",
                "country": "ZA",
                "email": f"{name}@ngo.example",
            }
            for name, state, consent in (
                ("Anriette", "confirmed", "given"),
                ("Bea", "confirmed", "asked"),
                ("Cleo", "nominated", "given"),
            )
        ]
    )
    for number, event in enumerate(("partner_confirmed", "partner_confirmed", "partner_withdrawn"), 1):
        name = "Telecom" if number == 1 else "Withdrawn Ltd"
        publish_event(
            amqp_client,
            "partnerships",
            event,
            {"edition": "2017", "partner": name, "organization": name},
            subject=name,
            sequence=number,
        )
    wait_for(
        lambda: (
            {row["_id"]: row["live"] for row in db["document_partners"].find()}
            == {"Telecom": True, "Withdrawn Ltd": False}
        )
    )
    built = build(consultation, kind="final_brief", languages=["fr"])
    page = content(consultation, built["document"], "html", "fr", handler="read_document_version_file").decode()
    named = ("Captions for all", "Room Popov", "13 juin 2017", "09:00", "Anriette", "Afrique du Sud", "Telecom")
    assert [text for text in named if text not in page] == []
    assert [text for text in ("Cancelled", "Bea", "Cleo", "@ngo", "Withdrawn") if text in page] == []
    for name in ("agendas", "programme_versions", "candidates"):
        db[name].delete_many({})


def test_a_document_that_takes_too_long_is_no_refusal_so_the_step_is_tried_again(
    database: Any, outcomes: dict[str, Any]
) -> None:
    documents, settings = Documents(database("consultation")), Settings(consultation_rendering_seconds=0)
    hurried, run = BuildingCases(documents, Any, Any, Any, settings), SimpleNamespace(report=list)  # type: ignore[arg-type]
    with refused("consultation.rendering_failed"):
        hurried._render(run, blob_store.of("consultation"), documents.find(outcomes["document"]), "en")  # type: ignore[arg-type]
