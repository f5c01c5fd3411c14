from __future__ import annotations

import csv
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.blobs import store as blobs
from wsis_shared.collection_specs import declare
from wsis_shared.context import Context
from wsis_shared.errors import NotFound, Unavailable
from wsis_shared.mongo import in_transaction
from wsis_testkit import publish, refused, wait_for
from wsis_testkit.tokens import TokenSigner

from wsis_stocktaking.charts import process
from wsis_stocktaking.matrix import drawing
from wsis_stocktaking.matrix.rules.patches import first_version
from wsis_stocktaking.matrix.store import MatrixVersions, Pictures, Sessions
from wsis_stocktaking.matrix.use_cases.evidence import EvidenceCases, PictureCases
from wsis_stocktaking.matrix.use_cases.reading import ReadingCases
from wsis_stocktaking.plugin import plugin
from wsis_stocktaking.register.store.register import Publication, Register
from wsis_stocktaking.search.index import RegisterIndex

AT = datetime(2017, 6, 14, tzinfo=UTC)
LINE = "C7.e-agriculture"
SESSION = {
    "edition": "2017",
    "session": "9f2c",
    "number": 17,
    "code": "S0000H",
    "title": {"en": "ICTs for farmers"},
    "type": "thematic_workshop",
    "track": "forum",
    "agencies": ["fao"],
}


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    found = database("stocktaking")
    declare(found, plugin.load("collections"))
    return found


@pytest.fixture(scope="module")
def service(serve: Any, db: Any, make_content: Any) -> Any:
    """Seven entries of e-agriculture and SDG 2, two of them with prizes, and one that the matrix does not link."""
    register = Register(db)
    prize = {"edition": "2017", "category": LINE}
    prizes = [{**prize, "status": "winner"}, {**prize, "status": "nominated"}, *[None] * 5]
    for number, prize in enumerate(prizes):
        content = make_content(title={"en": f"Farmers {number}"})
        entry = register.new_entry(f"e{number}", "submission", None, AT)
        in_transaction(lambda e=entry, c=content, p=prize: register.publish([Publication(e, c, p)], AT))
    alone = make_content(action_lines=[{"line": "C9", "sub_themes": []}], sdgs=[14], targets=[])
    entry = register.new_entry("e9", "submission", None, AT)
    in_transaction(lambda: register.publish([Publication(entry, alone)], AT))
    return serve("stocktaking", seed=True)


def ready(service: Any) -> Any:
    """The matrix with evidence, once the index is filled."""
    with suppress(Unavailable):
        return service.call("read_matrix_evidence")


def file_outcome(amqp_client: Any, *pairs: tuple[str, int], sequence: int, **more: Any) -> None:
    links = [{"action_line": line, "sdg": sdg} for line, sdg in pairs]
    data = {
        **SESSION,
        "action_lines": sorted({line for line, _ in pairs}),
        "sdgs": sorted({sdg for _, sdg in pairs}),
        "links": links,
        **more,
    }
    publish(amqp_client, "consultation", "session_outcome_filed", data, subject=data["session"], sequence=sequence)


def test_entries_prize_projects_and_sessions_stand_beside_each_link(service: Any, db: Any, amqp_client: Any) -> None:
    file_outcome(amqp_client, (LINE, 2), ("C9", 5), sequence=1)
    wait_for(lambda: db["matrix_sessions"].find_one({"_id": SESSION["session"]}), 10, "the session")
    found = wait_for(lambda: ready(service), 30, "the index")
    evidence = {(link["line"], link["sdg"]): link["evidence"] for link in found["links"]}
    assert evidence[LINE, 2] == {"entries": 7, "projects": 2, "sessions": 1}
    assert evidence["C9", 5] == {"entries": 0, "projects": 0, "sessions": 1}
    assert evidence[LINE, 5] == {"entries": 0, "projects": 0, "sessions": 0}
    assert found["without_link"] == [{"line": "C9", "sdg": 14, "entries": 1, "projects": 0, "sessions": 0}]


def test_evidence_of_a_link_is_listed_in_pages(service: Any) -> None:
    link = service.call("read_matrix_link", line=LINE, sdg="2")
    assert (link["link"]["targets"], link["version"]) == (["2.3", "2.4", "2.a"], 1)
    assert [entry["entry"] for entry in link["entries"]] == ["e6", "e5", "e4", "e3", "e2"]
    assert [(entry["entry"], entry["prize"]) for entry in link["projects"]] == [("e1", "nominated"), ("e0", "winner")]
    assert [session["code"] for session in link["sessions"]] == ["S0000H"]
    first = service.call("list_matrix_entries", line=LINE, sdg="2", limit=5)
    second = service.call("list_matrix_entries", line=LINE, sdg="2", limit=5, after=first["next"])
    assert [entry["entry"] for entry in second["items"]] == ["e1", "e0"]
    assert second["next"] is None
    assert service.call("read_matrix_link", line="C9", sdg="14")["link"] is None
    for line, sdg in (("C7", "2"), (LINE, "18"), (LINE, "02")):
        with pytest.raises(NotFound):
            service.call("read_matrix_link", line=line, sdg=sdg)


def test_a_removed_session_is_no_evidence_and_late_events_change_nothing(db: Any) -> None:
    sessions = Sessions(db)

    def event(kind: str, sequence: int, **more: Any) -> dict[str, Any]:
        return {
            "subject": "b",
            "sequence": f"{sequence:020d}",
            "time": "2017-06-14T12:00:00Z",
            "type": kind,
            "data": {**SESSION, "session": "b", "action_lines": ["C1"], "sdgs": [1, 3], **more},
        }

    sessions.put(event("filed", 2))  # of a publisher that does not say its links
    assert (sessions.counts()["C1", 1], sessions.counts()["C1", 3]) == (1, 1)
    sessions.put(event("filed", 1, links=[]))
    sessions.put(event("filed", 3, links=[{"action_line": "C1", "sdg": 3}]))
    assert (sessions.counts()["C1", 1], sessions.counts()["C1", 3]) == (0, 1)
    sessions.remove(event("removed", 4))
    sessions.put(event("filed", 3))
    assert sessions.counts()["C1", 3] == 0


def test_a_cell_of_the_heat_map_says_what_the_matrix_says() -> None:
    version, counts = first_version(), {("C9", 14): {"entries": 3, "projects": 0, "sessions": 0}}
    targets = drawing.chart(version, {}, "targets", "en")
    codes = [row["label"] for row in targets["rows"]]
    assert len(codes) == len(targets["texts"]) == 18
    assert targets["texts"][12][:4] == ["1", "3", "1", drawing.WHOLE_GOAL]
    assert sum(bool(text) for row in targets["texts"] for text in row) == 126
    entries = drawing.chart(version, counts, "entries", "en")
    assert [
        (text, entries["values"][row][column])
        for row, texts in enumerate(entries["texts"])
        for column, text in enumerate(texts)
        if text
    ] == [("(3)", 3)]
    assert "C9 – SDG 14 (3)" in entries["description"]


def test_picture_is_drawn_once_when_it_is_asked_for_and_again_for_a_new_version(service: Any, db: Any) -> None:
    pictures = db["matrix_pictures"]
    assert pictures.count_documents({}) == 0
    with ThreadPoolExecutor(3) as pool:
        svg, *same = pool.map(lambda _: service.call("read_matrix_heat_map"), range(3))
    assert same == [svg, svg]
    (first,) = pictures.find()
    assert first["_id"] == "targets.en"
    assert re.match(
        r'<svg [^>]*role="img" xml:lang="en">\s*<title>WSIS-SDG Matrix: Targets</title>\s*<desc>', svg["text"]
    )
    assert service.call("read_matrix_picture", language="en") == {"blob": first["png"]}
    assert service.call("read_matrix_heat_map") == svg
    assert list(pictures.find()) == [first]
    version = {**first_version(), "_id": 2, "valid_from": "2016-01-01"}
    MatrixVersions(db).publish({**version, "links": version["links"][1:]}, AT)
    wait_for(lambda: service.call("read_matrix")["version"] == 2, 10, "the version")
    assert 'role="img"' in service.call("read_matrix_heat_map")["text"]
    (again,) = pictures.find()
    assert (again["version"], again["svg"] == first["svg"]) == (2, False)


def test_old_numbers_of_evidence_are_drawn_again_if_they_changed(service: Any, db: Any, amqp_client: Any) -> None:
    pictures = db["matrix_pictures"]

    def picture(*, old: bool = False) -> Any:
        if old:
            pictures.update_one({"_id": "sessions.fr"}, {"$set": {"drawn_at": AT}})
        return service.call("read_matrix_picture", of="sessions", language="fr")

    def file(*places: tuple[str, int], sequence: int) -> None:
        """An outcome; waits until the service counts it in ("C9", 6), or no longer."""
        file_outcome(amqp_client, (LINE, 2), *places, sequence=sequence)
        wait_for(lambda: (("C9", 6) in counted(ready(service))) == bool(places), 30, "the new numbers")

    def counted(found: Any) -> set[tuple[str, int]]:
        rows = [*found["without_link"], *({**link, **link["evidence"]} for link in found["links"])]
        return {(row["line"], row["sdg"]) for row in rows if row["sessions"]}

    first = picture()
    file(("C9", 6), sequence=4)
    assert picture() == first
    again = picture(old=True)
    assert again != first
    assert picture(old=True) == again
    file(sequence=5)
    assert picture() == again, "a picture that would be drawn alike is as good as a new one"


def test_reader_hears_when_to_ask_again_for_a_picture(db: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_shared", process.ChartProcess(max_waiting=0))
    versions = MatrixVersions(db)
    evidence = EvidenceCases(ReadingCases(versions), RegisterIndex(Register(db)), Sessions(db))
    cases, ctx = PictureCases(versions, evidence, Pictures(db)), Context(locale="ru")
    with refused("stocktaking.matrix_picture_not_drawn") as caught:
        cases.read_matrix_heat_map(ctx, blobs.of("stocktaking"), "targets")
    assert (caught.value.code, caught.value.params) == ("stocktaking.matrix_picture_not_drawn", {"retry_after": 5})


@pytest.fixture(scope="module")
def http(fake_service: Any, service: Any, open_gateway: Any) -> Callable[..., Any]:
    """`http("POST", path, role, ...)` through the real gateway; without a role as anybody."""
    signer = TokenSigner()
    fake_service("accounts", jwks=signer.jwks)
    tokens = {
        "agency": signer.token("agency", agency="fao"),
        "officer": signer.token("officer", sub="ofc"),
        "member": signer.token(),
    }
    client = open_gateway("stocktaking")

    def send(method: str, path: str, role: str = "", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {tokens[role]}"} if role else {}
        return client.request(method, f"/v1{path}", headers=headers, **more)

    return send


def test_everybody_gets_pictures_and_files(http: Callable[..., Any]) -> None:
    svg = http("GET", "/matrix/heat-map")
    assert svg.headers["content-type"].startswith("image/svg+xml")
    png = http("GET", "/matrix/heat-map/file?language=en")
    assert (png.headers["content-type"], png.content[:4]) == ("image/png", b"\x89PNG")
    table = http("GET", "/matrix/links?format=csv&version=1")
    assert "/v1/entry-catalogue" in table.headers["link"], "which has the terms of use"
    rows = list(csv.DictReader(table.content.decode("utf-8-sig").splitlines()))
    assert len(rows) == 126
    [link] = [row for row in rows if (row["line"], row["sdg"]) == ("C7.e-business", "8")]
    assert link["targets"] == "8.3; 8.9; 8.10"
    assert (link["line.label"][:5], link["sdg.label"][:4]) == ("C7 · ", "8 · ")


def test_a_version_is_proposed_decided_and_read_over_http(http: Callable[..., Any]) -> None:
    change = {"sdg": 6, "action": "add", "targets": ["6.4"], "rationale": {"en": "Sensors save water."}}
    body = {"line": LINE, "justification": "Agreed in May", "changes": [change]}
    assert [http("POST", "/matrix-proposals", role, json=body).status_code for role in ("", "member")] == [401, 403]
    made = http("POST", "/matrix-proposals", "agency", json=body)
    assert made.status_code == 201
    assert not {"by", "account"} & made.json().keys()
    path = f"/matrix-proposals/{made.json()['proposal']}"
    decision = {"decision": "accepted", "reason": "Well founded"}
    assert http("PUT", f"{path}/decision", "agency", json=decision).status_code == 403
    assert http("PUT", f"{path}/decision", "officer", json=decision).json()["state"] == "accepted"
    before = http("GET", "/matrix").json()
    day = clock.to_geneva(clock.now()).date().isoformat()
    late = {"base": before["version"] - 1, "valid_from": day, "reason": "Yearly review"}
    assert http("POST", "/matrix/versions", "officer", json=late).status_code == 409
    assert http("POST", "/matrix/versions", "officer", json={**late, "base": before["version"]}).status_code == 201
    after = wait_for(lambda: (seen := http("GET", "/matrix").json())["version"] > before["version"] and seen, 10, "it")
    assert len(after["links"]) == len(before["links"]) + 1
    assert "Sensors save water." in http("GET", "/matrix").text
    assert http("GET", "/matrix?on=2015-05-31").status_code == 404
    assert http("GET", "/matrix?on=yesterday").status_code == 422
