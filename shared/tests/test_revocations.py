"""The list of revoked tokens: what it ends, what it forgets, and that order and repeats do not matter."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from wsis_shared import clock
from wsis_shared.revocations import KEY_LIFE, MAX_TOKEN_LIFE, Kind, RevocationList, from_data, revocation

NOON = datetime(2017, 3, 20, 12, tzinfo=UTC)


def listed(*revocations, now=NOON):
    entries = RevocationList()
    entries.add(revocations, now)
    return entries


def test_an_account_loses_its_former_tokens_alone():
    entries = listed(revocation(Kind.ACCOUNT, "ana", NOON, generation=3))
    assert entries.revokes("ana", 2, "s1", "k1")
    assert not entries.revokes("ana", 3, "s1", "k1")
    assert not entries.revokes("bo", 0, "s2", "k1")


def test_a_session_and_a_key_lose_all():
    entries = listed(revocation(Kind.SESSION, "s1", NOON), revocation(Kind.KEY, "k1", NOON))
    assert entries.revokes("ana", 9, "s1", "k2")
    assert entries.revokes("ana", 9, "s2", "k1")
    assert not entries.revokes("ana", 9, "s2", "k2")
    assert not listed(revocation(Kind.ACCOUNT, "s1", NOON, 5)).revokes("ana", 0, "s1", "k1"), "an id of another kind"


def test_any_order_and_repeats_end_in_the_same_list():
    revocations = [revocation(Kind.ACCOUNT, "ana", NOON + timedelta(seconds=s), s) for s in (1, 2, 3)]
    for order in permutations([*revocations, revocations[1]]):
        entries = listed(*order)
        assert (entries.revokes("ana", 2, None, ""), entries.revokes("ana", 3, None, "")) == (True, False)
        assert not entries.add(order, NOON), "nothing is new"


@pytest.mark.parametrize(("kind", "life"), [(Kind.ACCOUNT, MAX_TOKEN_LIFE), (Kind.KEY, KEY_LIFE)])
def test_an_entry_is_forgotten_after_the_last_token_that_it_ends(kind, life):
    entries = listed(revocation(kind, "x", NOON, 1))
    entries.add((), NOON + life)
    assert len(entries) == 1, "a token of the last second, and a clock that is late"
    entries.add((), NOON + life + timedelta(minutes=1))
    assert len(entries) == 0
    assert not entries.add([revocation(kind, "x", NOON, 1)], NOON + timedelta(days=2)), "too late to matter"


def test_it_reads_what_is_sent():
    sent = {"kind": "account", "id": "ana", "generation": 3, "expires_at": clock.iso(NOON)}
    assert from_data(sent) == revocation(Kind.ACCOUNT, "ana", NOON - MAX_TOKEN_LIFE - timedelta(minutes=1), 3)
    for wrong in ({"kind": "role"}, {"expires_at": None}, {"generation": "many"}):
        with pytest.raises(ValueError, match=r".*"):
            from_data(sent | wrong)
    with pytest.raises(KeyError):
        from_data({"kind": "key"})
