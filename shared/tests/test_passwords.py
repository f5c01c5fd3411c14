"""Passwords that are replaced while everything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from wsis_shared.passwords import OTHERS, Passwords, load, part_of, save

PARTS = ("voting", "notifications", "notifications-sender", "gateway")


@pytest.fixture
def made() -> Passwords:
    return Passwords().made([*PARTS, *OTHERS])


def test_a_password_is_made_once_and_the_last_line_is_that_of_the_suite(made: Passwords) -> None:
    assert [*made] == [*PARTS, *OTHERS]
    assert made.made([*PARTS, *OTHERS]) == made
    assert list(made.made([*PARTS, *OTHERS]))[-1] == "suite"


def test_two_users_while_a_password_is_replaced_then_the_new_one(made: Passwords) -> None:
    begun = made.begun(["voting", "gateway"])
    assert begun.users_of("voting") == ["voting", "voting.2"]
    assert begun["voting"] == made["voting"] != begun["voting.2"]
    assert begun.user_of("voting") == "voting.2"
    assert begun.user_of("notifications") == "notifications"
    assert begun.made([*PARTS, *OTHERS]) == begun
    ended = begun.ended(["voting"])
    assert ended.users_of("voting") == ["voting.2"]
    assert ended.users_of("gateway") == ["gateway", "gateway.2"]
    assert ended["voting.2"] == begun["voting.2"]
    assert ended.made([*PARTS, *OTHERS]).keys() == ended.keys()


def test_each_step_may_be_broken_off_and_taken_again(made: Passwords) -> None:
    begun = made.begun(["voting"])
    assert begun.begun(["voting"]) == begun
    assert begun.ended(["voting"]).ended(["voting"]) == begun.ended(["voting"])
    assert made.ended(["voting"]) == made


def test_the_tenth_user_comes_after_the_ninth(made: Passwords) -> None:
    kept = made
    for _ in range(9):
        kept = kept.begun(["voting"]).ended(["voting"])
    assert kept.users_of("voting") == ["voting.10"]
    assert kept.begun(["voting"]).users_of("voting") == ["voting.10", "voting.11"]


def test_users_of_a_server_that_have_gone_are_those_of_our_parts_alone(made: Passwords) -> None:
    there = ["voting", "voting.2", "gateway", "somebody", "grafana-reader"]
    ended = made.begun(["voting"]).ended(["voting"])
    assert ended.former(there) == ["voting"]
    assert made.former(there) == ["voting.2"]


def test_a_part_without_a_password_is_named(made: Passwords) -> None:
    with pytest.raises(SystemExit, match=r"passwords\.json has no prizes: run deploy/passwords\.py"):
        made.begun(["prizes"])


def test_a_number_is_no_part_of_the_name() -> None:
    assert [part_of(user) for user in ("voting", "voting.2", "agencies-webhooks.12", "mongo-0")] == [
        "voting",
        "voting",
        "agencies-webhooks",
        "mongo-0",
    ]


def test_the_file_is_for_its_owner_alone(made: Passwords, tmp_path: Path) -> None:
    assert load(tmp_path / "passwords.json") == {}
    save(tmp_path / "passwords.json", made)
    assert load(tmp_path / "passwords.json") == made
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600
