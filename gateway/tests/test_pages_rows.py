"""One form in several rows of a page: each is itself, and nothing chosen is said at the rows."""

import pytest
from wsis_shared.errors import Unavailable
from wsis_testkit.pages import Pages

JOB = {
    "service": "prizes",
    "kind": "publish_list",
    "title": "Publishes the nominees",
    "state": "running",
    "progress": {"done": 3, "total": 9, "note": ""},
    "created_at": "2017-03-01T09:00:00Z",
    "updated_at": "2017-03-01T09:00:00Z",
}
LETTER = {
    "queue": "commands.prizes",
    "reason": "poison message",
    "at": "2017-03-01T09:00:00Z",
    "message_id": "m1",
    "type": "vote",
    "size": 12,
    "redacted": "{}",
}
JOBS, LETTERS = "/en/desk/jobs", "/en/desk/dead-letters/prizes"


@pytest.fixture
def pages():
    return Pages(
        {
            "prizes.list_jobs": {"items": [{**JOB, "id": f"prizes.{name}"} for name in ("j1", "j2")], "next": None},
            "prizes.list_dead_letters": {
                "items": [{**LETTER, "id": f"prizes.{number}"} for number in (1, 2)],
                "next": None,
                "total": 2,
            },
            "prizes.requeue_dead_letters": {"count": 1},
        },
        "prizes",
    ).sign_in("operator")


def fields_of(shown, name, value):
    """The fields of the row that brings this value along."""
    [found] = [dict(form.form_values()) for form in shown.tree.forms if dict(form.form_values()).get(name) == value]
    return found


def test_after_a_refusal_the_key_stands_in_its_row_alone(pages):
    pages.bus.answers["prizes.cancel_job"] = Unavailable("suite.service_away", "")
    sent = {"_form": "cancel", "_checked": "1", "_key": "k1", "job": "prizes.j2"}
    shown = pages.post(JOBS, sent)
    assert shown.status == 503
    assert fields_of(shown, "job", "prizes.j2")["_key"] == "k1", "it may have been done"
    assert fields_of(shown, "job", "prizes.j1")["_key"] not in ("", "k1")


def test_nothing_chosen_is_an_error_at_the_field_and_nothing_is_lost(pages):
    shown = pages.get(LETTERS).send(_form="requeue", reason="The service runs again")
    assert (shown.status, shown.text("//textarea")) == (422, "The service runs again")
    [link] = shown.all("//div[@role='alert']//a")
    [at] = shown.all(f"//*[@id='{link.get('href')[1:]}']")
    assert link.text.endswith("Choose one message at least.")
    assert "Choose one message at least." in at.text_content()
    assert len(shown.all("//input[@type='checkbox']")) == 2
    check = shown.send(_form="requeue", ids="prizes.1", reason="The service runs again")
    assert "1 message returns to its queue" in check.text()
