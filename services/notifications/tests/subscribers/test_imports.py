"""Imports of readers through the service: who comes in, who does not, what is said of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from wsis_shared import clock
from wsis_shared.blobs import store as blobs
from wsis_testkit import Served, actor, refused, wait_for

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.subscribers.rules import subscribers
from wsis_notifications.subscribers.store.subscribers import Subscribers

from ..subscribers_kit import new_email

OFFICER = actor("officer")
CONSENT = {
    "consent_at": "2016-05-03T10:00:00Z",
    "consent_source": "WSIS Forum 2016",
    "consent_text": "I want the news.",
}
Import = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def notifications(accounts: Any, serve: Any) -> Served:
    return serve("notifications")


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    return database("notifications")


@pytest.fixture(scope="module")
def run(notifications: Served) -> Import:
    """Import a file; returns the import at its end."""

    def start(content: bytes, state: str = "completed", **body: Any) -> dict[str, Any]:
        upload = blobs.of("notifications").put([content], owner="upload", filename="list").reference()
        whole = {"dry_run": False, "encoding": None, "reason": "The list of 2016", **body}
        started = notifications.call("start_subscriber_import", OFFICER, upload=upload, body=whole)
        found: dict[str, Any] = wait_for(lambda: ended(notifications, started["id"]), 60, "the end")
        assert found["state"] == state, found
        return found

    return start


@pytest.fixture(scope="module")
def refusals(notifications: Served) -> Callable[..., list[Any]]:
    """What an import refused."""

    def read(found: dict[str, Any], locale: str = "en") -> list[Any]:
        page = notifications.call(
            "list_subscriber_refusals", OFFICER, id=found["id"], limit=100, context={"locale": locale}
        )
        return [(row["row"], row["field"], row["code"], row["reason"]) for row in page["items"]]

    return read


def ended(notifications: Served, id: str) -> Any:
    found = notifications.call("read_subscriber_import", OFFICER, id=id)
    return found if found["state"] not in ("queued", "running") else None


def row(**fields: Any) -> dict[str, Any]:
    return {"email": new_email(), **CONSENT, **fields}


def as_json(*rows: Any) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in rows)


def as_csv(*rows: dict[str, Any], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def counts(created: int = 0, unchanged: int = 0, refused: int = 0) -> dict[str, int]:
    return {"created": created, "unchanged": unchanged, "refused": refused}


def test_each_row_becomes_a_reader_with_the_evidence_of_their_consent(run: Import, db: Any) -> None:
    given = row(first_name="Ama", language="fr", topics="ungis; forum", country="KE", note="old")
    found = run(as_csv(given))
    assert (found["counts"], found["unknown_columns"]) == (counts(created=1), ["note"])
    reader = db["subscribers"].find_one({"email_key": address_key(given["email"])})
    assert (reader["state"], reader["language"], reader["topics"]) == ("active", "fr", ["forum", "ungis"])
    assert (reader["consent"]["source"], clock.iso(reader["consent"]["at"])) == (
        CONSENT["consent_source"],
        CONSENT["consent_at"],
    )
    assert (reader["consent"]["text"], reader["consent"]["import_id"]) == (CONSENT["consent_text"], found["id"])


def test_importing_twice_changes_nothing(run: Import, db: Any) -> None:
    file = as_json(*(row(first_name=str(number)) for number in range(620)))  # more than a batch
    assert run(file)["counts"] == counts(created=620)
    before = list(db["subscribers"].find()), Subscribers(db).counts()
    assert run(file)["counts"] == counts(unchanged=620)
    assert (list(db["subscribers"].find()), Subscribers(db).counts()) == before


def test_a_dry_run_counts_as_the_import_and_changes_nothing(run: Import, db: Any) -> None:
    first = row()
    filler = [row() for _ in range(520)]
    file = as_json(first, *filler, first, row(country="XX"))  # the repetition is in another batch
    before = db["subscribers"].count_documents({})
    dry = run(file, dry_run=True)
    assert db["subscribers"].count_documents({}) == before
    assert dry["counts"] == run(file)["counts"] == counts(created=521, unchanged=1, refused=1)


def test_nobody_comes_back_by_an_import(run: Import, refusals: Any, db: Any) -> None:
    rows = {name: row() for name in ("left", "bounced", "erased", "complained", "stays")}
    assert run(as_json(*rows.values()))["counts"] == counts(created=5)
    readers, now = Subscribers(db), clock.now()
    stored = {name: readers.by_key(address_key(each["email"])) for name, each in rows.items()}
    readers.change(stored["left"], subscribers.unsubscribed(stored["left"], now), now)
    readers.mark_bounced(stored["bounced"]["_id"], "hard", "5.1.1")
    for name, reason in (("erased", "unsubscribed"), ("complained", "complaint")):
        readers.change(stored[name], None, now)
        Suppressions(db).add(stored[name]["email_key"], reason, now, "test")
    before = list(db["subscribers"].find())
    found = run(as_json(*rows.values()))
    assert found["counts"] == counts(unchanged=1, refused=4)
    assert [each[:3] for each in refusals(found)] == [
        (1, "", "notifications.import_unsubscribed"),
        (2, "", "notifications.import_bounced"),
        (3, "", "notifications.import_unsubscribed"),
        (4, "", "notifications.import_suppressed"),
    ]
    assert list(db["subscribers"].find()) == before


def test_a_row_without_evidence_or_with_faults_is_refused_by_field_in_the_language_of_the_reader(
    run: Import, refusals: Any
) -> None:
    twice = row()
    found = run(
        as_json(
            row(consent_at=None),
            row(consent_source=""),
            row(consent_at="2999-01-01T00:00:00Z"),
            row(email="a@b"),
            row(first_name="=HYPERLINK(1)"),
            row(language="de"),
            row(topics=["cats"]),
            [1],
            row(last_name="-"),
            twice,
            twice,
            row(email=f"{'a' * 300}@people.example"),
            row(first_name="a\r\nBcc: x@y.example"),
        )
    )
    assert found["counts"] == counts(created=2, refused=11)
    assert [each[:3] for each in refusals(found)] == [
        (1, "consent_at", "field.required"),
        (2, "consent_source", "field.required"),
        (3, "consent_at", "notifications.import_consent_later"),
        (4, "email", "field.mail_address"),
        (5, "first_name", "notifications.import_formula"),
        (6, "language", "field.not_a_choice"),
        (7, "topics", "notifications.topic_unknown"),
        (8, "", "notifications.import_not_object"),
        (11, "email", "notifications.import_repeated"),
        (12, "email", "field.too_long"),
        (13, "first_name", "field.control_characters"),
    ]
    assert refusals(found, "fr")[4][3] == "Une formule n’est pas un nom."


def test_refusals_keep_nothing_of_the_row(run: Import, db: Any) -> None:
    email = new_email()
    found = run(as_json(row(email=email, language="de")))
    assert email not in json.dumps(list(db["subscriber_refusals"].find({"import": found["id"]})), default=str)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "named"),
    [("utf-8-sig", ",", None), ("utf-16", "\t", None), ("cp1251", ";", "cp1251"), ("cp1251", ";", None)],
)
def test_a_list_in_any_encoding_and_of_any_delimiter(
    run: Import, db: Any, encoding: str, delimiter: str, named: str | None
) -> None:
    given = row(first_name="Дмитрий", last_name="О'Нил; мл.")
    found = run(as_csv(given, encoding=encoding, delimiter=delimiter), encoding=named)
    assert found["counts"] == counts(created=1)
    reader = db["subscribers"].find_one({"email_key": address_key(given["email"])})
    assert (reader["first_name"], reader["last_name"]) == ("Дмитрий", "О'Нил; мл.")


def as_xlsx(*rows: list[Any]) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for each in rows:
        book.active.append(each)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "names",
    [
        ["E-mail address", "First name", "Country", "Consent date", "Source of consent", "Text of consent"],
        [
            "Adresse e-mail",
            "Prénom",
            "Pays",
            "Date de consentement",
            "Origine du consentement",
            "Texte du consentement",
        ],
        ["Correo electrónico", "Nombre", "País", "Fecha de inscripción", "Fuente del consentimiento", "consent_text"],
        ["Endereço de e-mail", "Nome", "País", "Data de inscrição", "Fonte do consentimento", "Texto do consentimento"],
        ["Электронная почта", "Имя", "Страна", "Дата согласия", "Источник согласия", "Текст согласия"],
        ["البريد الإلكتروني", "الاسم", "البلد", "تاريخ الموافقة", "مصدر الموافقة", "نص الموافقة"],
        ["电子邮件", "名字", "国家", "同意日期", "同意来源", "同意文本"],
    ],
)
def test_a_workbook_comes_in_by_the_usual_names_of_its_columns(run: Import, db: Any, names: list[str]) -> None:
    email = new_email()
    cells = [email, "Ama", "KE", date(2016, 5, 3), "WSIS Forum 2016", "I want the news."]
    found = run(as_xlsx(["Readers of the news"], [], names, cells))
    assert (found["counts"], found["unknown_columns"], found["reading"]["header_row"]) == (counts(created=1), [], 3)
    reader = db["subscribers"].find_one({"email_key": address_key(email)})
    assert (reader["country"], clock.iso(reader["consent"]["at"])) == ("KE", "2016-05-03T00:00:00Z")


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (b"", "The file has no rows."),
        (
            b"email,first_name\r\n\x81\x8d\x8f\x90\x9d\xff\xfe\x80,\x81\x8d\r\n",
            "The encoding of the file is not clear: name it.",
        ),
        (b"email,first_name\na@b.example,x\n", "Missing columns: consent_at, consent_source, consent_text."),
        (b'{"email": "' + b"x" * 70_000, "Line 1 is too long, or a quotation mark is not closed."),
        (b"email,email\n", "The column email is there twice."),
        (
            b"email,consent_at,consent_source,consent_text\n" + b"x" * 140_000,
            "A quotation mark is not closed in row 2, or a cell is too long.",
        ),
        (
            b'email,consent_at,consent_source,consent_text\na,"b\n' + b"c\n" * 70_000,
            "A quotation mark is not closed in row 2, or a cell is too long.",
        ),
    ],
)
def test_a_file_that_is_refused_says_why(notifications: Served, run: Import, file: bytes, refusal: str) -> None:
    found = run(file, state="failed")
    assert found["refusal"] == refusal
    error = wait_for(
        lambda: notifications.call("read_job", OFFICER, job=found["id"])["error"], 15, "the end of the job"
    )
    assert error["code"] == "notifications.import_file_refused"


def test_the_file_is_removed_at_the_end(run: Import, db: Any) -> None:
    found = run(as_json(row()))
    with refused("suite.blob_unknown"):
        blobs.of("notifications").stat(db["subscriber_imports"].find_one({"_id": found["id"]})["blob"])


def test_imports_come_one_after_the_other(notifications: Served, run: Import) -> None:
    def start(rows: int) -> Any:
        file = blobs.of("notifications").put([as_json(*(row() for _ in range(rows)))], owner="upload", filename="list")
        body = {"dry_run": True, "encoding": None, "reason": "Trial"}
        return notifications.call("start_subscriber_import", OFFICER, upload=file.reference(), body=body)

    first = start(6000)
    with refused("notifications.import_running"):
        start(1)
    notifications.call("cancel_job", OFFICER, job=first["id"])
    found = wait_for(lambda: ended(notifications, first["id"]), 30, "the end of the import")
    assert found["state"] in ("cancelled", "completed")
    assert run(as_json(row()))["counts"] == counts(created=1)
