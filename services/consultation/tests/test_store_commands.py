from __future__ import annotations

from typing import Any

from wsis_shared import clock
from wsis_shared.mongo import in_transaction

from wsis_consultation.people.store import Contacts


def test_commands_of_the_store_are_counted_also_in_a_transaction(database: Any, count_commands: Any) -> None:
    contacts = Contacts(database("consultation"))
    assert count_commands(lambda: contacts.find("nobody")) == ["find"]
    added = count_commands(
        lambda: in_transaction(lambda: contacts.add("2017", "a@b.example", "A", "en", "draft", at=clock.now()))
    )
    assert added == ["update", "commitTransaction"]
