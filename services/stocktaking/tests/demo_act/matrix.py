"""An agency proposes a link for its action line, an officer publishes a version of the matrix, and it is drawn."""

from __future__ import annotations

from xml.etree import ElementTree

from wsis_shared import clock

from wsis_demo.client import Problem
from wsis_demo.play import Play, wait

from . import state

LINE, AGENCY, GOAL, TARGET = "C7.e-agriculture", "fao", 15, "15.3"
PNG = b"\x89PNG\r\n"
SECONDS = 120.0  # until the picture of a version is drawn; two on a machine that has nothing else to do
RATIONALE = {
    "en": "Soil maps and early warnings reach farmers by telephone, so that less land turns into desert.",
    "fr": "Les cartes des sols et les alertes précoces parviennent aux agriculteurs par téléphone.",
}


def change_matrix(play: Play) -> str:
    """The proposal is public only as a part of the new version; the former one stays readable."""
    told, visitor = state.of(play), play.suite.visitor
    told.pictures_before = {language: _picture(play, language) for language in told.languages}
    former = visitor.get("/v1/matrix")
    member = play.register(play.registry.member(next(iter(play.submitters))))
    body = {"roles": ["agency"], "agency": AGENCY, "reason": "Facilitates the action line"}
    play.officer.put(f"/v1/accounts/{member.account}/roles", body)
    play.count(mails={"accounts/roles_changed": 1})
    known = {(row["line"], row["sdg"]) for row in former["links"]}
    action = "change" if (LINE, GOAL) in known else "add"
    change = {"sdg": GOAL, "action": action, "targets": [TARGET], "rationale": RATIONALE}
    proposal = member.refresh().post(
        "/v1/matrix-proposals",
        {
            "line": LINE,
            "justification": "Land degradation in the Sahel",
            "changes": [change],
        },
    )["proposal"]
    play.officer.put(
        f"/v1/matrix-proposals/{proposal}/decision", {"decision": "accepted", "reason": "Agreed by the facilitators"}
    )
    play.count(mails={"stocktaking/matrix_proposal_decided": 1})
    newest = max(row["version"] for row in visitor.get("/v1/matrix/versions")["items"])
    today = clock.to_geneva(clock.now()).date().isoformat()
    made = play.officer.post(
        "/v1/matrix/versions",
        {
            "base": newest,
            "valid_from": today,
            "proposals": [proposal],
            "reason": "Annual review",
        },
    )
    wait(lambda: visitor.get("/v1/matrix")["version"] == made["version"], 20, "the new version of the matrix")
    before = visitor.get(f"/v1/matrix/versions/{former['version']}")
    if before["links"] != former["links"]:
        told.differs(f"version {former['version']} of the matrix has changed")
    targets = [
        link["targets"] for link in visitor.get("/v1/matrix")["links"] if (link["line"], link["sdg"]) == (LINE, GOAL)
    ]
    if targets != [[TARGET]]:
        told.differs(f"the matrix has {targets} for {LINE} and SDG {GOAL}, proposed was {TARGET}")
    told.say(f"matrix {made['version']}: {len(visitor.get('/v1/matrix')['links'])} links")
    return f"version {made['version']} with {LINE} and SDG {GOAL}, proposed by {AGENCY}"


def draw_heat_map(play: Play) -> str:
    """As SVG and as PNG, with the table for those who do not see it."""
    told = state.of(play)
    sizes = []
    for language in told.languages:
        before = told.pictures_before[language]
        wait(lambda: _picture(play, language) not in (b"", before), SECONDS, "a new heat map")  # noqa: B023 -- at once
        picture = _picture(play, language)
        if not picture.startswith(PNG):
            told.differs("the heat map is no PNG")
        (told.folder / f"heat-map-{language}.png").write_bytes(picture)
        sizes.append(len(picture))
    svg = play.suite.visitor.send("GET", "/v1/matrix/heat-map", of="entries").content
    page = play.suite.visitor.send("GET", "/en/matrix").text
    if ElementTree.fromstring(svg).get("role") != "img":
        told.differs("the heat map does not say that it is a picture")
    if "<table" not in page:
        told.differs("the page of the matrix has no table")
    (told.folder / "heat-map.svg").write_bytes(svg)
    (told.folder / "matrix.html").write_text(page, "utf-8")
    return f"drawn in {', '.join(told.languages)}, {sum(sizes) / 1e6:.1f} MB; left in {told.folder}"


def _picture(play: Play, language: str) -> bytes:
    """The heat map; nothing while it cannot be drawn."""
    try:
        found: bytes = play.suite.visitor.get("/v1/matrix/heat-map/file", of="entries", language=language)
    except Problem as problem:
        if problem.code == "stocktaking.matrix_picture_not_drawn":
            return b""
        raise
    return found
