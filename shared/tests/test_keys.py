from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import keys
from wsis_shared.settings import SettingError

SECRET = "a secret of the tests, long enough to be one"


@pytest.fixture(autouse=True)
def secret(monkeypatch: Any) -> Any:
    def use(text: str) -> None:
        monkeypatch.setenv("WSIS_SECRET", text)
        keys.derive.cache_clear()

    use(SECRET)
    yield use
    keys.derive.cache_clear()


def test_what_is_sealed_opens_again() -> None:
    assert keys.unseal("accounts keys", "k1", keys.seal("accounts keys", "k1", b"private")) == b"private"


@pytest.mark.parametrize(("purpose", "name"), [("accounts keys", "k2"), ("voting keys", "k1")])
def test_it_opens_for_its_purpose_and_under_its_name_only(purpose: str, name: str) -> None:
    sealed = keys.seal("accounts keys", "k1", b"private")
    with pytest.raises(keys.CannotUnseal):
        keys.unseal(purpose, name, sealed)


@pytest.mark.parametrize("place", [0, 15, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(keys.seal("accounts keys", "k1", b"private"))
    sealed[place] ^= 1
    with pytest.raises(keys.CannotUnseal):
        keys.unseal("accounts keys", "k1", bytes(sealed))


def test_too_short_a_value_is_an_error_of_its_own_kind() -> None:
    with pytest.raises(keys.CannotUnseal):
        keys.unseal("accounts keys", "k1", b"short")


def test_another_secret_opens_nothing(secret: Any) -> None:
    sealed = keys.seal("accounts keys", "k1", b"private")
    secret(SECRET[::-1])
    with pytest.raises(keys.CannotUnseal):
        keys.unseal("accounts keys", "k1", sealed)


def test_a_hash_differs_by_purpose_and_secret(secret: Any) -> None:
    seen = {keys.digest("accounts mailbox", "a@b.example"), keys.digest("accounts network", "a@b.example")}
    secret(SECRET[::-1])
    seen.add(keys.digest("accounts mailbox", "a@b.example"))
    assert len(seen) == 3
    assert {len(value) for value in seen} == {64}


def test_a_short_secret_is_refused(secret: Any) -> None:
    secret("short")
    with pytest.raises(SettingError, match="WSIS_SECRET"):
        keys.derive("anything")


def test_a_process_without_the_secret_signs_addresses_by_the_key_that_it_was_given(
    secret: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_with = keys.mailbox_secret()
    assert SECRET not in signed_with
    secret("")
    monkeypatch.setenv("WSIS_KEYS", keys.derived(SECRET, ["mailboxes"]))
    assert keys.mailbox_secret() == signed_with
    with pytest.raises(SettingError, match="WSIS_SECRET"):
        keys.derive("accounts mailbox")
