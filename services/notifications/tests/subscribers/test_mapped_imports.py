"""Lists as others kept them: read, mapped by an officer once, imported from the tried file."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.collection_specs import declare, ensure_indexes
from wsis_shared.schemas import LOCALES
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess

from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.plugin import plugin
from wsis_notifications.subscribers.schemas import SubscriberMappingBody

AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
OFFICER = actor("officer")
COLUMNS = ("Contact", "First Name", "Location", "Group", "Sign-up", "Member status", "News: WSIS Prizes", "Phone")
ROWS = (
    ("Ama Mensah <ama@people.example>", "Ama", "Ghana", "NGO", "3/4/2014", "subscribed", "x", "1"),
    ("linh@people.example", "Linh", "Viet Nam", "Clinics", "13/4/2014", "Subscribed", "x", "2"),
    ("olga@people.example", "=1+1", "Atlantis", "Clinics", "May 2015", "yes", "x", "3"),
    ("gone@people.example", "Gone", "Kenya", "NGO", "1/5/2014", "Unsubscribed", "", "4"),
    ("who@people.example", "Who", "Kenya", "NGO", "1/5/2014", "dormant", "", "5"),
)


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    db = database("notifications")
    declare(db, plugin.load("collections"))
    ensure_indexes(db, plugin.load("collections"))
    return InProcess("notifications", db, defaultdict(dict))


class Lists:
    """An officer who imports lists."""

    def __init__(self, service: InProcess) -> None:
        self.service, self.number = service, 0

    def call(self, method: str, **arguments: Any) -> Any:
        self.number += 1
        return self.service.call(method, OFFICER, at=AT, key=str(self.number), **arguments)

    def started(self, method: str, **arguments: Any) -> dict[str, Any]:
        job = self.call(method, **arguments)
        self.service.run("import_subscribers")
        found: dict[str, Any] = self.call("read_subscriber_import", id=job["id"])
        return found

    def upload(self, *rows: tuple[str, ...], columns: tuple[str, ...] = COLUMNS, **body: Any) -> dict[str, Any]:
        text = io.StringIO()
        csv.writer(text).writerows((columns, *rows))
        file = self.service.bus.blobs.put([text.getvalue().encode()], owner="upload", filename="list.csv").reference()
        whole = {"dry_run": True, "reason": "The list of 2014", "source": "stand", **body}
        return self.started("start_subscriber_import", upload=file, body=whole)

    def confirm(self, id: str, **changes: Any) -> dict[str, Any]:
        """As it was proposed, with the changes of an officer: constants by field, codes by value."""
        found = self.call("read_subscriber_import_mapping", id=id)
        fields = changes.get("fields", {})
        columns = [
            {
                "column": each["column"],
                "field": fields.get(each["column"], each["field"]),
                "day_order": each["day_order"],
            }
            for each in found["columns"]
        ]
        constants = {each["field"]: each["value"] for each in found["constants"]} | changes.get("constants", {})
        values = {(each["field"], each["value"]): each["codes"] for each in found["values"]} | changes.get("values", {})
        body = SubscriberMappingBody().load(
            {
                "columns": columns,
                "constants": [{"field": name, "value": value} for name, value in constants.items()],
                "values": [
                    {"field": field, "value": value, "codes": codes} for (field, value), codes in values.items()
                ],
                "reason": "Asked the ministry",
            }
        )
        return self.started("start_subscriber_import_mapping", id=id, body=body)

    def values(self, id: str) -> dict[tuple[str, str | None], tuple[int, bool]]:
        page = self.call("list_subscriber_import_values", id=id, limit=100)
        return {(each["field"], each["value"]): (each["count"], each["refused"]) for each in page["items"]}

    def reader(self, email: str) -> Any:
        return self.service.db["subscribers"].find_one({"email_key": address_key(email)})


@pytest.fixture
def lists(service: InProcess) -> Lists:
    service.restore({})
    return Lists(service)


CONSENT = {"consent_source": "Stand at the Forum", "consent_text": "Send me the news."}
ANSWERS = {("stakeholder_type", "Clinics"): ["civil_society"]}


def test_a_trial_proposes_what_columns_are_and_says_what_nothing_says(lists: Lists) -> None:
    tried = lists.upload(*ROWS)
    assert (tried["mapping_state"], tried["counts"]["created"]) == ("proposed", 0)
    shown = lists.call("read_subscriber_import_mapping", id=tried["id"])
    proposed = {each["column"]: each["field"] for each in shown["columns"]}
    del proposed["Group"], proposed["Sign-up"]  # by likeness, or chosen by a person
    assert proposed == {
        "Contact": "email",
        "First Name": "first_name",
        "Location": "country",
        "Member status": "subscribed",
        "News: WSIS Prizes": "topics",
        "Phone": None,
    }
    assert shown["missing"][-2:] == ["consent_source", "consent_text"]
    examples = json.dumps(shown["columns"])
    assert "people.example" not in examples
    assert "Ama" not in examples
    with refused("notifications.import_mapping_unconfirmed"):
        lists.call("start_subscriber_import_application", id=tried["id"], body={"reason": "Now"})


def test_a_list_is_imported_by_the_mapping_that_an_officer_confirmed_and_the_next_one_without_a_question(
    lists: Lists,
) -> None:
    fields = {"Group": "stakeholder_type", "Sign-up": "consent_at"}
    tried = lists.upload(*ROWS)
    again = lists.confirm(tried["id"], fields=fields, constants=CONSENT, values=ANSWERS)
    assert (again["mapping_state"], again["dry_run"], again["warned"]) == ("confirmed", True, 1)
    assert again["counts"] == {"created": 3, "unchanged": 0, "refused": 2}
    assert lists.values(again["id"]) == {
        ("country", "Atlantis"): (1, False),
        ("first_name", None): (1, False),
        ("subscribed", "dormant"): (1, True),
    }
    assert lists.reader("ama@people.example") is None
    done = lists.started("start_subscriber_import_application", id=again["id"], body={"reason": "Agreed"})
    assert (done["dry_run"], done["counts"]["created"]) == (False, 3)
    ama, linh, olga = (lists.reader(f"{name}@people.example") for name in ("ama", "linh", "olga"))
    assert (ama["country"], ama["stakeholder_type"], ama["topics"]) == ("GH", "civil_society", ["prizes"])
    assert (ama["consent"]["at"], ama["consent"]["text"]) == (datetime(2014, 4, 3, tzinfo=UTC), "Send me the news.")
    assert (linh["country"], linh["stakeholder_type"]) == ("VN", "civil_society")
    assert (olga["first_name"], olga["country"], olga["consent"]["at"]) == ("", None, datetime(2015, 5, 31, tzinfo=UTC))
    assert lists.reader("gone@people.example") is None
    later = lists.upload(("new@people.example", "New", "Kenya", "Clinics", "2/6/2016", "yes", "x", "6"), dry_run=False)
    assert (later["mapping_state"], later["counts"]["created"]) == ("confirmed", 1)
    stored = lists.call("read_subscriber_source_mapping", source="stand")
    assert (stored["number"], len(lists.call("list_subscriber_import_mappings", limit=10)["items"])) == (1, 1)


def test_a_topic_that_is_not_understood_brings_nobody_all_topics(lists: Lists) -> None:
    columns = ("email", "topics", "consent_at", "consent_source", "consent_text")
    rows = [("a@people.example", "WSIS Forum; Gardening"), ("b@people.example", "Gardening")]
    whole = [(*row, "2016-01-01", "stand", "Yes.") for row in rows]
    tried = lists.upload(*whole, columns=columns)
    assert (tried["mapping_state"], tried["counts"]) == ("proposed", {"created": 1, "unchanged": 0, "refused": 1})
    again = lists.confirm(tried["id"], values={("topics", "Gardening"): ["action_lines"]})
    assert again["counts"]["created"] == 2
    lists.started("start_subscriber_import_application", id=again["id"], body={"reason": "Agreed"})
    assert lists.reader("a@people.example")["topics"] == ["forum", "action_lines"]


def test_a_guess_is_never_imported(lists: Lists) -> None:
    rows = [("a@people.example", "3/4/2014", "stand", "Yes.")]
    columns = ("email", "consent_at", "consent_source", "consent_text")
    found = lists.upload(*rows, columns=columns, dry_run=False)
    assert found["refusal"] == "Nobody has confirmed what the columns of the list are: try it first."
    assert lists.reader("a@people.example") is None
    unsure = lists.upload(*rows, columns=columns)
    shown = lists.call("read_subscriber_import_mapping", id=unsure["id"])
    assert [each["unsure"] for each in shown["columns"]] == [False, True, False, False]


def test_the_file_of_a_trial_is_imported_once_and_kept_for_a_day(lists: Lists) -> None:
    columns = ("email", "consent_at", "consent_source", "consent_text")
    tried = lists.upload(("a@people.example", "2016-01-01", "stand", "Yes."), columns=columns)
    assert tried["mapping_state"] is None
    lists.started("start_subscriber_import_application", id=tried["id"], body={"reason": "Agreed"})
    with refused("notifications.import_not_applicable"):
        lists.call("start_subscriber_import_application", id=tried["id"], body={"reason": "Again"})
    late = lists.upload(("b@people.example", "2016-01-01", "stand", "Yes."), columns=columns)
    lists.service.db["subscriber_imports"].update_one(
        {"_id": late["id"]}, {"$set": {"file_until": AT - timedelta(seconds=1)}}
    )
    with refused("notifications.import_not_applicable"):
        lists.call("start_subscriber_import_application", id=late["id"], body={"reason": "Late"})


def test_a_mapping_that_does_not_fit_names_the_field(lists: Lists) -> None:
    tried = lists.upload(*ROWS)
    with refused("notifications.import_mapping_invalid") as error:
        lists.confirm(tried["id"], fields={"Phone": "email"}, values={("country", "Atlantis"): ["XX"]})
    assert set(error.value.fields) == {"columns.7.field", "values.0.codes"}


def test_what_has_no_mapping_says_so(lists: Lists) -> None:
    row = {
        "email": "a@people.example",
        "consent_at": "2016-01-01T00:00:00Z",
        "consent_source": "x",
        "consent_text": "y",
    }
    file = lists.service.bus.blobs.put([json.dumps(row).encode()], owner="upload", filename="list").reference()
    body = {"dry_run": True, "reason": "The list of 2014"}
    found = lists.started("start_subscriber_import", upload=file, body=body)
    assert (found["source"], found["counts"]["created"]) == ("list", 1)
    with refused("notifications.import_without_columns"):
        lists.call("read_subscriber_import_mapping", id=found["id"])
    with refused("notifications.import_mapping_unknown", source="list"):
        lists.call("read_subscriber_source_mapping", source="list")


NAMES = {
    "fr": ("Courriel", "Pays", "Inscrit le", "Origine"),
    "es": ("Correo", "País", "Fecha de alta", "Fuente"),
    "pt": ("Endereço de e-mail", "País", "Inscrito em", "Origem"),
    "ru": ("Эл. почта", "Страна", "Дата подписки", "Источник"),
    "ar": ("البريد الإلكتروني", "الدولة", "تاريخ الاشتراك", "المصدر"),
    "zh": ("邮箱", "国家", "订阅日期", "来源"),
    "en": ("Email address", "Country", "Signed up", "Source"),
}


@pytest.mark.parametrize("language", LOCALES)
def test_names_of_columns_say_the_language_of_a_list(lists: Lists, language: str) -> None:
    tried = lists.upload(("a@people.example", "Kenya", "2015", "stand"), columns=NAMES[language])
    shown = lists.call("read_subscriber_import_mapping", id=tried["id"])
    assert [each["field"] for each in shown["columns"]] == ["email", "country", "consent_at", "consent_source"]
    assert shown["constants"] == [{"field": "language", "value": language}]
    assert shown["missing"] == ["consent_text"]


def test_messages_of_rows_are_in_all_languages(lists: Lists) -> None:
    from wsis_shared import messages
    from wsis_shared.mapping.confirming import MESSAGES as CONFIRMING

    from wsis_notifications.subscribers.files.table import MAPPING_NEEDED
    from wsis_notifications.subscribers.rules.mapping.rows import MESSAGES

    texts = messages.of_package("wsis_notifications")
    for text in (*MESSAGES, *CONFIRMING, MAPPING_NEEDED):
        said = {texts.translate(text, language).text for language in LOCALES}
        assert len(said) == len(LOCALES), text
