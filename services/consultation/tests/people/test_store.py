from __future__ import annotations

from typing import Any

from wsis_shared import clock
from wsis_shared.erasure import Erasure

from wsis_consultation.people.store import Contacts


def test_address_stands_once_per_edition_with_all_reasons(database: Any) -> None:
    contacts = Contacts(database("consultation"))
    first = contacts.add("2017", "ada@ngo.example", "Ada", "en", "draft", at=clock.now())
    assert contacts.add("2017", "Ada@NGO.example", "Ada Umutoni", "fr", "submission", at=clock.now()) == first
    contacts.add("2018", "ada@ngo.example", "Ada", "en", "draft", at=clock.now())
    [found] = contacts.each("2017")
    assert (found["names"], found["locale"], sorted(found["reasons"])) == ("Ada Umutoni", "fr", ["draft", "submission"])


def test_addresses_leave_with_their_account(database: Any) -> None:
    contacts = Contacts(database("consultation"))
    contacts.add("2019", "ben@ngo.example", "Ben", "en", "draft", at=clock.now(), account="ben")
    contacts.add("2020", "ben@corp.example", "Ben", "en", "meeting", at=clock.now(), account="ben")
    contacts.add("2020", "cy@ngo.example", "Cy", "en", "meeting", at=clock.now(), account="cy")
    contacts.forget(Erasure(clock.now(), "ben"))
    assert [row["names"] for row in (*contacts.each("2019"), *contacts.each("2020"))] == ["Cy"]
