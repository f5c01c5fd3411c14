"""Scenario 17: three ministries send their registers as they are: in French, English and Spanish, as CSV of Windows and
as a workbook, with headings of their own. Each is mapped once and imported by a second officer; each ministry claims
its entries in another way, says that they are still correct, and answers a call, whose counts are right."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from wsis_testkit import wait_for

from wsis_demo.client import Person, Problem, Suite

OLD = "01/06/2014"
CONTACT = "ict.register.gh@gmail.com"  # a mailbox of a provider proves what it is the contact of, no more
_CODE = re.compile(r"(?<!\d)\d{8}(?!\d)")
Rows = Sequence[Sequence[str]]


def as_csv(table: Rows) -> bytes:
    """As a spreadsheet of a French or Spanish Windows saves it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(table)
    return out.getvalue().encode("cp1252")


def as_workbook(table: Rows) -> bytes:
    """With a title above the table, over all columns."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for cells in (["National register of ICT initiatives, 2014"], [], *table):
        book.active.append(list(cells))
    book.active.merge_cells("A1:K1")
    book.save(out)
    return out.getvalue()


@dataclass
class Register:
    """A register as its ministry wrote it; `means` is what an officer says of values that no rule understands, and
    `reading` what the file itself leaves open."""

    organization: str
    filename: str
    media_type: str
    write: Callable[[Rows], bytes]
    names: str
    rows: Sequence[str]
    means: Sequence[dict[str, Any]] = ()
    reading: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The file."""
        return self.write([self.names.split("|"), *(row.split("|") for row in self.rows)])


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REGISTERS = {
    "rw": Register(
        "Ministère des TIC et de l'Innovation",
        "répertoire.csv",
        "text/csv",
        as_csv,
        "N°|Intitulé du projet|Résumé|Structure responsable|Site web de l'organisme|Pays|Type de projet|"
        "Portée géographique|État d'avancement|Grandes orientations du SMSI|Date de début|Dernière mise à jour",
        [
            f"{number}|{title}|Le projet apporte les services aux habitants de la région.|"
            f"Ministère des TIC et de l'Innovation, Rwanda|https://www.minict.example/projets|Rwanda|Projet|National|"
            f"En cours|{line}|15/03/2012|{OLD}"
            for number, (title, line) in enumerate(
                (
                    ("Écoles connectées", "C3"),
                    ("Télésanté", "C7 e-santé"),
                    ("Cybermarchés", "C2"),
                    ("Coopératives", "Ruralité"),
                ),
                1,
            )
        ],
        means=[{"field": "action_lines", "value": "Ruralité", "codes": ["C7.e-agriculture"], "nothing": False}],
    ),
    "gh": Register(
        "Ministry of Communications",
        "register.xlsx",
        XLSX,
        as_workbook,
        "S/N|Name of the Initiative|What it does|Lead Organisation|Countries covered|Type of initiative|Level|Stage|"
        "Action Line(s)|Last updated|Contact e-mail",
        [
            f"{number}|{title}|Villages build and own their network, and teachers run it.|"
            f"Ministry of Communications, Ghana|Ghana|Project|National|Ongoing|{line}|{OLD}|{CONTACT}"
            for number, (title, line) in enumerate(
                (("Village networks", "C2"), ("Open archives", "C3; C8"), ("Safer e-mail", "C5")), 1
            )
        ],
    ),
    "mx": Register(
        "Secretaría de Comunicaciones",
        "registro.csv",
        "text/csv",
        as_csv,
        "Nº|Nombre del proyecto|Descripción|Entidad responsable|País|Tipo de proyecto|Alcance|Estado|"
        "Línea de acción de la CMSI|Última actualización",
        [
            f"{number}|{title}|El proyecto lleva los servicios a la población de la región.|"
            f"Secretaría de Comunicaciones, México|México|Proyecto|Nacional|En curso|{line}|{OLD}"
            for number, (title, line) in enumerate((("Aldeas digitales", "C2"), ("Telesalud", "C7 e-health")), 1)
        ],
        reading={"encoding": "cp1252"},  # its letters fit cp1250 as well, which the first dry run says
    ),
}


@pytest.fixture(scope="module")
def registers(officer: Person, second: Person) -> dict[str, list[str]]:
    """Entries by ministry, as imports made them: nobody owns them."""
    return {source: _import(officer, second, f"{source}-ict", register) for source, register in REGISTERS.items()}


def _import(officer: Person, second: Person, source: str, register: Register) -> list[str]:
    """Tried by an officer, mapped once, imported by another officer."""
    tried = _tried(officer, source, register)
    assert tried["mapping_state"] == "proposed"
    with pytest.raises(Problem) as unconfirmed:
        second.post(f"/v1/entry-imports/{tried['id']}/application", {"reason": "As it came"})
    assert unconfirmed.value.code == "stocktaking.import_mapping_unconfirmed"
    assert _unread(officer, tried) == {(row["field"], row["value"]) for row in register.means}
    mapped = officer.post(f"/v1/entry-imports/{tried['id']}/mapping", _confirmed(officer, tried, register))
    assert _unread(officer, mapped) == set()
    done = second.post(f"/v1/entry-imports/{mapped['id']}/application", {"reason": "Tried by a colleague"})
    counts = officer.get(f"/v1/entry-imports/{done['id']}")["counts"]
    assert (counts["created"], counts["refused"]) == (len(register.rows), 0)
    return [row["entry"] for row in officer.each(f"/v1/entry-imports/{done['id']}/changes")]


def _tried(officer: Person, source: str, register: Register) -> dict[str, Any]:
    about = {"source": source, "dry_run": True, **register.reading}
    job = officer.upload("/v1/entry-imports", register.content(), register.filename, register.media_type, **about)
    for _ in officer.follow(f"/v1/jobs/{job['id']}"):
        pass
    found: dict[str, Any] = officer.get(f"/v1/entry-imports/{job['id']}")
    return found


def _unread(officer: Person, tried: dict[str, Any]) -> set[tuple[str, str]]:
    return {(row["field"], row["value"]) for row in officer.each(f"/v1/entry-imports/{tried['id']}/values")}


def _confirmed(officer: Person, tried: dict[str, Any], register: Register) -> dict[str, Any]:
    """What was proposed, with what the officer adds."""
    found = officer.get(f"/v1/entry-imports/{tried['id']}/mapping")
    columns = [{name: each[name] for name in ("column", "field", "also", "day_order")} for each in found["columns"]]
    values = [{**each, "nothing": not each["codes"]} for each in found["values"]]
    return {"columns": columns, "constants": found["constants"], "values": [*values, *register.means]}


@pytest.fixture(scope="module")
def ministries(people: Any) -> dict[str, Person]:
    """Somebody of each ministry, registered with an address of their own."""
    return {source: people.member() for source in REGISTERS}


def _with_code(suite: Suite, who: Person, entry: str, email: str) -> Any:
    seen = suite.mailbox.last(email)
    claim = who.post("/v1/entry-claims", {"entry": entry, "email": email})
    mail = suite.mailbox.wait(email, seen, matching=_CODE)
    code = _CODE.findall(suite.mailbox.plain(mail["id"]))[0]
    proved = who.put(f"/v1/me/entry-claims/{claim['id']}/proof", {"code": code})
    assert proved["state"] in ("proved", "done")
    return _done(who, claim)


def _done(who: Person, claim: dict[str, Any]) -> Any:
    path = f"/v1/me/entry-claims/{claim['id']}"
    return wait_for(lambda: found if (found := who.get(path))["state"] == "done" else None, 60, "the claim to be done")


def _owned(who: Person) -> set[str]:
    return {row["id"] for row in who.each("/v1/me/entries")}


def test_the_next_file_of_a_ministry_is_read_without_a_question(registers: Any, officer: Person, second: Person):
    again = _tried(officer, "rw-ict", REGISTERS["rw"])
    assert (again["mapping_state"], again["counts"]["unchanged"]) == ("confirmed", len(registers["rw"]))
    assert again["counts"]["created"] == 0


def test_what_three_ministries_wrote_is_one_register(registers: Any, visitor: Person):
    shown = visitor.get(f"/v1/entries/{registers['rw'][3]}")
    assert (shown["title"], shown["countries"]) == ({"fr": "Coopératives"}, ["RW"])
    assert [row["line"] for row in shown["action_lines"]] == ["C7.e-agriculture"]
    shown = visitor.get(f"/v1/entries/{registers['gh'][1]}")
    assert [row["line"] for row in shown["action_lines"]] == ["C3", "C8"]
    shown = visitor.get(f"/v1/entries/{registers['mx'][0]}")
    assert (shown["organization"]["name"], shown["freshness"]) == ("Secretaría de Comunicaciones", "red")


def test_a_mailbox_of_the_domain_gives_the_ministry_all_its_entries(
    suite: Suite, registers: Any, ministries: Any, people: Any
):
    done = _with_code(suite, ministries["rw"], registers["rw"][0], "office@minict.example")
    assert done["entries"] == len(registers["rw"])
    assert _owned(ministries["rw"]) == set(registers["rw"])
    suite.mailbox.wait(ministries["rw"].email, saying=("Ministère des TIC et de l'Innovation",))
    stranger = people.member()
    with pytest.raises(Problem) as refused:
        stranger.post("/v1/entry-claims", {"entry": registers["rw"][1], "email": "other@minict.example"})
    assert refused.value.code == "stocktaking.entry_owned"


def test_an_address_of_somebody_else_gets_no_mail_and_no_entry(suite: Suite, registers: Any, people: Any):
    stranger = people.member()
    for email in ("moc.example@gmail.com", "minister@moc.example.evil.example", "minister@mail.moc.example"):
        claim = stranger.post("/v1/entry-claims", {"entry": registers["gh"][0], "email": email})
        with pytest.raises(Problem) as refused:
            stranger.put(f"/v1/me/entry-claims/{claim['id']}/proof", {"code": "12345678"})
        assert (refused.value.code, list(refused.value.errors)) == ("stocktaking.claim_code_wrong", ["code"])
        assert suite.mailbox.last(email) == 0
    assert _owned(stranger) == set()


def test_the_contact_of_the_entries_claims_them_by_a_mailed_code(suite: Suite, registers: Any, ministries: Any):
    assert _with_code(suite, ministries["gh"], registers["gh"][0], CONTACT)["entries"] == len(registers["gh"])
    assert _owned(ministries["gh"]) == set(registers["gh"])


def test_an_officer_gives_a_ministry_without_website_and_contact_its_entries(
    suite: Suite, officer: Person, registers: Any, ministries: Any
):
    body = {"entry": registers["mx"][0], "message": "I keep the register of the ministry."}
    claim = ministries["mx"].post("/v1/entry-claims", body)
    assert (claim["state"], _owned(ministries["mx"])) == ("waiting", set())
    assert claim["id"] in {row["id"] for row in officer.each("/v1/entry-claims")}
    decision = {"decision": "grant", "whole": True, "reason": "The ministry wrote to us"}
    officer.put(f"/v1/entry-claims/{claim['id']}/decision", decision)
    assert _done(ministries["mx"], claim)["entries"] == len(registers["mx"])
    assert _owned(ministries["mx"]) == set(registers["mx"])


def test_a_ministry_says_by_one_press_that_an_entry_is_still_correct(registers: Any, ministries: Any, visitor: Person):
    entry = registers["rw"][0]
    assert visitor.get(f"/v1/entries/{entry}")["freshness"] == "red"
    read = ministries["rw"].get(f"/v1/me/entries/{entry}")
    ministries["rw"].put(f"/v1/me/entries/{entry}/confirmation", {"version": read["version"]})
    shown = wait_for(lambda: found if (found := visitor.get(f"/v1/entries/{entry}"))["freshness"] == "green" else None)
    assert (shown["revision"], shown["title"]) == (2, {"fr": "Écoles connectées"})


def test_a_call_reaches_the_owners_and_counts_what_each_of_them_did(
    suite: Suite, officer: Person, registers: Any, ministries: Any
):
    rw, gh, mx = (ministries[source] for source in ("rw", "gh", "mx"))
    words = {"en": "Please look at your entries before the Forum in Geneva."}
    deadline = (date.today() + timedelta(days=30)).isoformat()
    call = officer.post("/v1/update-calls", {"text": words, "deadline": deadline, "remind_days": 7})
    path, own = f"/v1/update-calls/{call['id']}", f"/v1/me/update-calls/{call['id']}"
    counted = officer.post(f"{path}/invitations", {"dry_run": True})
    assert (counted["owners"] >= 3, officer.get(path)["invited"]) == (True, 0)
    sent = officer.post(f"{path}/invitations", {"dry_run": False, "reason": "Before the Forum"})
    assert sent["owners"] == officer.get(path)["invited"] == counted["owners"]
    for who in (rw, gh, mx):
        suite.mailbox.wait(who.email, saying=("before the Forum in Geneva", f"/me/calls/{call['id']}"))
    asked = {row["id"] for row in rw.get(own)["entries"]}
    assert asked == set(registers["rw"][1:])  # the first was confirmed before
    answered = rw.put(f"{own}/confirmation", {"entries": sorted(asked)})
    assert all(row["current"] for row in answered["entries"])
    assert len(gh.get(own)["entries"]) == len(registers["gh"])
    _update(gh, registers["gh"][0])
    read = wait_for(lambda: found if (found := officer.get(path))["updated"] else None, 60, "the update to be counted")
    assert [read[name] for name in ("opened", "updated", "confirmed", "answered")] == [2, 1, 1, 2]
    silent = {row["account"] for row in officer.each(f"{path}/owners", answered="false")}
    assert silent & {rw.account, gh.account, mx.account} == {mx.account}


def _update(who: Person, entry: str) -> None:
    path = f"/v1/me/entries/{entry}"
    read = who.get(path)
    content = {**read["content"], "end_date": "2020-12-31"}
    content.pop("sequence", None)
    saved = who.put(path, {"version": read["version"], "content": content})
    who.post(f"{path}/submission", {"version": saved["version"]})
