"""A ministry's table comes in as it is: an officer confirms once what its columns mean, the ministry claims its entries
and says that one of them is still correct."""

from __future__ import annotations

import csv
import io
from typing import Any

from wsis_demo.client import Person
from wsis_demo.play import Mismatch, Play, wait

from . import state

ORGANIZATION = "Secretaría de Comunicaciones"
HEAD = (
    "Nº|Nombre del proyecto|Descripción|Entidad responsable|País|Tipo de proyecto|Alcance|Estado|"
    "Línea de acción de la CMSI|Última actualización"
)
PROJECTS = (("Aldeas digitales", "C2"), ("Telesalud", "C7 e-health"))


def import_and_claim(play: Play) -> str:
    """Two rows in Spanish, with headings of their own, as a spreadsheet of Windows saves them."""
    entries = _imported(play)
    who = list(play.submitters.values())[-1]
    claim = _claimed(play, who, entries)
    own = {row["id"] for row in who.each("/v1/me/entries")}
    if not set(entries) <= own:
        state.of(play).differs(f"a ministry has claimed {sorted(entries)} and owns {sorted(own)}")
    _confirmed(play, who, entries[0])
    return f"{len(entries)} rows of a ministry mapped, {claim['entries']} entries claimed, one confirmed"


def _imported(play: Play) -> list[str]:
    """Tried, mapped and imported; each edition has a source of its own, whose columns nobody has confirmed yet."""
    officer = play.officer
    about = {"source": f"ministry-{play.edition}", "dry_run": True, "encoding": "cp1252"}
    job = officer.upload("/v1/entry-imports", _table(play.edition), "registro.csv", "text/csv", **about)
    for _ in officer.follow(f"/v1/jobs/{job['id']}"):
        pass
    path = f"/v1/entry-imports/{job['id']}"
    if (found := officer.get(path)["mapping_state"]) != "proposed":
        raise Mismatch(f"the mapping of a new source is {found}")
    proposed = officer.get(f"{path}/mapping")
    mapped = officer.post(
        f"{path}/mapping",
        {
            "columns": [
                {key: each[key] for key in ("column", "field", "also", "day_order")} for each in proposed["columns"]
            ],
            "constants": proposed["constants"],
            "values": [{**each, "nothing": not each["codes"]} for each in proposed["values"]],
        },
    )
    done = officer.post(f"/v1/entry-imports/{mapped['id']}/application", {"reason": "The ministry's register"})
    counts = officer.get(f"/v1/entry-imports/{done['id']}")["counts"]
    if (counts["created"], counts["refused"]) != (len(PROJECTS), 0):
        raise Mismatch(f"the table of a ministry counts {counts}")
    return [row["entry"] for row in officer.each(f"/v1/entry-imports/{done['id']}/changes")]


def _table(edition: str) -> bytes:
    rows = [
        f"{number}|{title} {edition}|El proyecto lleva los servicios a la población de la región.|"
        f"{ORGANIZATION}, México|México|Proyecto|Nacional|En curso|{line}|01/06/2014"
        for number, (title, line) in enumerate(PROJECTS, 1)
    ]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(row.split("|") for row in (HEAD, *rows))
    return out.getvalue().encode("cp1252")


def _claimed(play: Play, who: Person, entries: list[str]) -> dict[str, Any]:
    """Without a mailbox that would prove it an officer decides."""
    claim = who.post("/v1/entry-claims", {"entry": entries[0], "message": "I keep the register of the ministry."})
    path = f"/v1/entry-claims/{claim['id']}/decision"
    play.officer.put(path, {"decision": "grant", "whole": True, "reason": "The ministry wrote to us"})
    wait(lambda: bool(_own(who, claim)["state"] == "done"), 60, "the claim of a ministry is applied")
    play.count(mails={"stocktaking/entries_claimed": 1})
    return _own(who, claim)


def _own(who: Person, claim: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = who.get(f"/v1/me/entry-claims/{claim['id']}")
    return found


def _confirmed(play: Play, who: Person, entry: str) -> None:
    read, visitor = who.get(f"/v1/me/entries/{entry}"), play.suite.visitor
    who.put(f"/v1/me/entries/{entry}/confirmation", {"version": read["version"]})
    wait(lambda: bool(visitor.get(f"/v1/entries/{entry}")["revision"] == 2), 60, "the public sees the confirmation")
