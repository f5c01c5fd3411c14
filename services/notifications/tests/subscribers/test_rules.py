"""Laws of readers and their counters."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.schemas import LOCALES
from wsis_testkit import refused

from wsis_notifications.addresses.rules.mailable import mailable
from wsis_notifications.addresses.rules.suppression import REASONS
from wsis_notifications.subscribers.exports import LABELS
from wsis_notifications.subscribers.files import SubscriberFile
from wsis_notifications.subscribers.rules import imports, requests, subscribers, tokens, topics
from wsis_notifications.subscribers.rules.topics import TOPICS

AT = datetime(2017, 4, 1, 12, tzinfo=UTC)
SECRET = "a secret of the tests"
CHANGES = ("confirm", "choose", "leave", "hard", "soft", "erase")

choices = st.fixed_dictionaries(
    {
        "language": st.sampled_from(LOCALES),
        "format": st.sampled_from(subscribers.FORMATS),
        "topics": st.lists(st.sampled_from(TOPICS), min_size=1, max_size=9),
    }
)
histories = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from(CHANGES), choices, st.sampled_from((None, "KE", "NO"))), max_size=40
)


def profile(picked: dict[str, Any], country: str | None = None) -> dict[str, Any]:
    return {"first_name": "", "last_name": "", "stakeholder_type": None, "country": country, **picked}


def after(
    before: subscribers.Row | None, change: str, picked: dict[str, Any], country: str | None, at: datetime
) -> Any:
    if change == "confirm":
        consent = {"at": at, "source": "form"}
        made = subscribers.new(uuid.uuid4().hex, "key", "a@b.example", profile(picked, country), consent, at)
        return subscribers.confirmed(before, made)
    if before is None or change == "erase":
        return None
    if change == "choose":
        return subscribers.changed(before, picked)
    return (
        subscribers.unsubscribed(before, at) if change == "leave" else subscribers.bounced(before, change, "5.1.1", at)
    )


@given(histories)
def test_the_counters_are_a_count_of_all_readers_after_any_history(history: list[Any]) -> None:
    readers: dict[int, subscribers.Row | None] = {}
    counts: Counter[str] = Counter()
    for number, (who, *change) in enumerate(history):
        at = AT + timedelta(days=9 * number)
        before, readers[who] = readers.get(who), after(readers.get(who), *change, at)
        counts.update(subscribers.count_changes(before, readers[who], at))
    counted: Counter[str] = sum((subscribers.figures_of(row) for row in readers.values()), Counter())
    months = {name: counts.pop(name) for name in list(counts) if name.startswith(("joined.", "left."))}
    assert +counts == counted
    assert min(counts.values(), default=0) >= 0
    growth = sum(count if name.startswith("joined.") else -count for name, count in months.items())
    assert growth == counted["active.all"]


@given(histories)
def test_who_left_is_active_again_only_by_their_own_confirmation(history: list[Any]) -> None:
    reader: subscribers.Row | None = None
    for _, *change in history:
        before, reader = reader, after(reader, *change, AT)
        if before is not None and reader is not None:
            assert reader["_id"] == before["_id"]
            assert reader["bucket"] == subscribers.bucket_of(reader["_id"])
            if before["state"] != subscribers.ACTIVE and reader["state"] == subscribers.ACTIVE:
                assert change[0] == "confirm"


@given(st.sampled_from((None, *subscribers.STATES)), st.sampled_from((None, *REASONS)))
def test_an_import_makes_new_readers_alone(state: str | None, reason: str | None) -> None:
    decision, text = imports.decide({"state": state} if state else None, reason)
    assert (decision == imports.CREATED) == (state is None and reason is None)
    assert (decision == imports.UNCHANGED) == (state == subscribers.ACTIVE)
    assert bool(text) == (decision == imports.REFUSED)


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=30), st.booleans())
def test_a_mailbox_gets_a_few_mails_an_hour_however_often_somebody_asks(seconds: list[int], is_reader: bool) -> None:
    known, mails = None, []
    for second in sorted(seconds):
        at = AT + timedelta(seconds=second)
        asked = requests.ask(known, "key", uuid.uuid4().hex, {}, at, is_reader=is_reader)
        if asked is not None:
            known = asked
            mails.append(at)
    assert mails[:1] == [AT + timedelta(seconds=min(seconds))], "the first one who asks gets a mail"
    assert all(sum(at <= other < at + timedelta(hours=1) for other in mails) <= 3 for at in mails)


def test_the_link_of_a_request_that_waits_goes_on_working_and_that_of_a_withdrawn_one_ends() -> None:
    def ask(known: Any, id: str, at: datetime = AT) -> Any:
        return requests.ask(known, "key", id, {}, at, is_reader=False)

    first = ask(None, "a")
    assert ask(first, "b")["request"] == "a"
    withdrawn = requests.withdraw(first, AT)
    assert ask(withdrawn, "b", AT + requests.QUIET - timedelta(seconds=1)) is None
    assert ask(withdrawn, "b", AT + requests.QUIET)["request"] == "b"
    assert ask(requests.confirm(first, AT), "b")["request"] == "b"
    assert not requests.is_writable(withdrawn, AT)
    assert not requests.is_writable(first, AT + requests.WRITE_WITHIN + timedelta(seconds=1))


@given(st.uuids(), st.text(max_size=64))
def test_a_token_is_read_by_its_purpose_and_nothing_else_is(id: uuid.UUID, text: str) -> None:
    token = tokens.preferences_token(id.hex, SECRET)
    assert len(token) <= 64  # a variable of a path
    assert tokens.read_preferences(token, SECRET) == id.hex
    assert tokens.read_confirmation(token, SECRET) is None
    assert tokens.read_preferences(token, "another") is None
    assert tokens.read_preferences(text, SECRET) is None


@given(st.sets(st.uuids(), min_size=1, max_size=50))
def test_buckets_are_of_their_range(ids: set[uuid.UUID]) -> None:
    assert all(0 <= subscribers.bucket_of(id.hex) < subscribers.BUCKETS for id in ids)


def test_readers_are_spread_evenly_over_the_buckets() -> None:
    counts = Counter(subscribers.bucket_of(uuid.uuid5(uuid.NAMESPACE_URL, str(n)).hex) for n in range(50_000))
    assert len(counts) == subscribers.BUCKETS
    assert max(counts.values()) < 100  # 49 on average


@pytest.mark.parametrize("email", ["", "a", "@b.example", "a@b", "a b@c.example", "a@b@c.example", "a@b.example\n"])
def test_what_is_no_address_is_refused(email: str) -> None:
    with refused("notifications.email_invalid"):
        mailable(email, smtputf8=True)


def test_an_address_beyond_ascii_needs_a_relay_that_takes_it() -> None:
    assert mailable("дмитрий@people.example", smtputf8=True) == "дмитрий@people.example"
    with refused("notifications.email_not_mailable") as refusal:
        mailable("дмитрий@people.example", smtputf8=False, field="reply_to")
    assert list(refusal.value.fields) == ["reply_to"]
    assert mailable("ama@люди.example", smtputf8=False) == "ama@люди.example"  # the domain is encoded


@pytest.mark.parametrize(
    ("email", "masked"), [("ama@people.example", "a***@people.example"), ("ü@x.example", "ü***@x.example")]
)
def test_a_masked_address_keeps_its_first_letter(email: str, masked: str) -> None:
    assert subscribers.masked(email) == masked


def test_a_list_without_its_columns_waits_for_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "list").write_bytes(b"email,first_name\na@b.example,x\n")
    file = SubscriberFile(tmp_path / "list", {})
    [[row]] = file.batches(10)
    assert {name for name, _, _ in row.problems} == {"consent_at", "consent_source", "consent_text"}
    assert file.about is not None
    assert file.about["refusal"] == "Missing columns: consent_at, consent_source, consent_text."


def test_the_list_of_readers_leaves_with_titles_beside_its_codes() -> None:
    reader = {"language": "ar", "country": "KE", "region": "africa", "topics": ["forum"], "state": "active"}
    found = LABELS.titles(reader, "fr")
    assert (found["language"], found["country"], found["region"]) == (["arabe"], ["Kenya"], ["Afrique"])
    assert found["topics"] == [topics.title("forum", "fr")] != ["forum"]
