"""What notifications publishes and how it finds what it reads."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.events import EventKey
from wsis_shared.plugin import discover

from wsis_notifications.mails import events, templates
from wsis_notifications.mails.errors import RenderError


@pytest.fixture(scope="module")
def catalogue() -> templates.Catalogue:
    return templates.Catalogue(discover(only=("herald",)))


def test_example_fits_its_schema() -> None:
    event = events.DELIVERY_FAILED
    assert event.schema().validate(event.schema().dump(event.example)) == {}
    assert not event.public


def test_every_event_with_a_notice_is_read_through_one_of_two_queues() -> None:
    herald = discover(only=("herald",))
    urgent, other = events.urgent(herald), events.other(herald)
    assert urgent == [EventKey("herald", "code_wanted")]
    assert set(urgent).isdisjoint(other)
    assert len(urgent) + len(other) == 10


def test_a_new_version_of_an_event_is_another_event(catalogue: Any) -> None:
    assert [item.name for item in catalogue.of_event("wsis.herald.work_received.v1")] == ["herald/receipt"]
    assert catalogue.of_event("wsis.herald.work_received.v2") == []
    assert catalogue.of_event("wsis.elsewhere.work_received.v1") == []


def test_a_language_without_a_text_gets_english(catalogue: Any) -> None:
    receipt = catalogue.get("herald/receipt")
    assert catalogue.source(receipt, "ar").locale == "ar"
    assert catalogue.source(receipt, "ru").locale == "en"
    assert catalogue.source(receipt, "tlh").locale == "en"
    assert catalogue.source(receipt, None).locale == "en"


def test_a_missing_template_is_told(catalogue: Any) -> None:
    with pytest.raises(RenderError, match="template_missing forgotten"):
        catalogue.source(catalogue.get("herald/forgotten"), "fr")
    problems = catalogue.problems(templates.writer("https://wsis.example"))
    assert problems["herald/forgotten.en"] == "template_missing forgotten"
    assert not any(name.startswith("herald/receipt") for name in problems)
