from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from wsis_consultation.programme.schemas import agendas, public, sessions

DAY = {"date": "2017-06-12", "start": "09:00", "end": "10:00"}
ROOM = {"code": "A", "name": "Room A", "capacity": 90}


@pytest.mark.parametrize(
    ("schema", "body", "field"),
    [
        (agendas.Setup, {"revision": 0, "rooms": [], "slots": [{**DAY, "date": "2017-02-30"}]}, "slots"),
        (agendas.Setup, {"revision": 0, "rooms": [], "slots": [{**DAY, "start": "9:00"}]}, "slots"),
        (sessions.SessionDetails, {"speakers": [{"name": "Ada"}] * 31}, "speakers"),
        (sessions.SessionDetails, {"speakers": [{"name": "Ada", "key": "ada"}]}, "speakers"),
        (public.ProgrammeQuery, {"day": "12 June"}, "day"),
        (public.DifferenceQuery, {"since": "1.x"}, "since"),
    ],
)
def test_each_error_names_its_field(schema: Any, body: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        schema().load(body)
    assert set(refused.value.messages) == {field}  # type: ignore[arg-type]


def test_details_that_are_not_given_stay_as_they_are() -> None:
    loaded = sessions.SessionDetails().load({"abstract": "Final"})
    assert loaded == {"abstract": "Final", "submission": None, "key": None}


def test_setup_has_defaults() -> None:
    loaded = agendas.Setup().load({"revision": 0, "rooms": [ROOM], "slots": []})
    assert loaded["rooms"][0] == {**ROOM, "names": {}, "booths": 0, "equipment": [], "remote": True}
    assert (loaded["turnaround"], loaded["interpreters"]) == (10, {})
