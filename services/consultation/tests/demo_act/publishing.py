"""Outcomes and Analysis, version after version, and the final brief: built as jobs, published, left behind as files."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from typing import Any

from wsis_demo.play import Mismatch, Play

from . import state
from .state import Consultation
from .writing import secretariat

OUTCOMES = ("executive_summary", "innovations", "conclusions")
SIGNATURES = {"pdf": b"%PDF-", "docx": b"PK", "html": b"<!"}


def publish_outcomes(play: Play) -> str:
    """Version 1.1, with the texts of the secretariat."""
    told = state.of(play)
    _draft(told, "outcomes", "1.0", {name: secretariat(name) for name in OUTCOMES})
    document = _publish(told, _build(told, "outcomes", "1.1"))
    _check_annexes(told, document)
    return f"{document['total']} inputs, {_files(document)}"


def revise_outcomes(play: Play) -> str:
    """Version 1.2 after the programme; 1.1 stays readable, byte for byte."""
    told = state.of(play)
    first = told.documents["outcomes 1.1"]
    before = _file(told, first, "pdf", told.volumes.languages[0])
    document = _publish(told, _build(told, "outcomes", "1.2"))
    _check_annexes(told, document)
    listed = [row["version"] for row in play.suite.visitor.get(f"{told.path}/documents")["items"]]
    if sorted(listed) != ["1.1", "1.2"]:
        play.misfits.append(f"consultation: versions 1.1 and 1.2 are public, {listed} are listed")
    if _file(told, first, "pdf", told.volumes.languages[0]) != before:
        play.misfits.append("consultation: version 1.1 is another file after 1.2")
    return f"{document['total']} inputs, {_files(document)}; 1.1 is as it was"


def publish_brief(play: Play) -> str:
    """The final brief, with the programme and the facilitators; all documents are left behind."""
    told = state.of(play)
    texts = {"executive_summary": "brief", "practical_information": "practical_information"}
    _draft(told, "final_brief", "0.9", {name: secretariat(text) for name, text in texts.items()})
    document = _publish(told, _build(told, "final_brief", "1.0"))
    return f"{document['total']} sessions, {_files(document)}; left in {_leave(told)}"


def _draft(told: Consultation, kind: str, version: str, prose: dict[str, Any]) -> None:
    """A draft in one language, in which the secretariat writes its texts: the next version begins with them."""
    document = _build(told, kind, version, told.volumes.languages[:1])
    version = f"{told.path}/document-versions/{document}"
    told.play.officer.edit("PUT", f"{version}/prose", prose, read=version)


def _build(told: Consultation, kind: str, version: str, languages: Sequence[str] = ()) -> str:
    """Returns the document's id."""
    body = {"kind": kind, "version": version, "languages": list(languages or told.volumes.languages)}
    return str(told.play.officer.post(f"{told.path}/document-versions", body)["document"])


def _publish(told: Consultation, document: str) -> dict[str, Any]:
    body = {"reason": "Approved by the organizers"}
    told.play.officer.put(f"{told.path}/document-versions/{document}/publication", body)
    public: dict[str, Any] = told.play.suite.visitor.get(f"{told.path}/documents/{document}")
    told.documents[f"{public['kind']} {public['version']}"] = public
    missing = told.play.officer.get(f"{told.path}/document-versions/{document}")["missing_characters"]
    if missing:
        told.play.misfits.append(f"consultation: {document} lacks the characters {missing[:10]}")
    return public


def _check_annexes(told: Consultation, document: dict[str, Any]) -> None:
    """Every input is in the model once; the shares are those that came in."""
    model = json.loads(gzip.decompress(_file(told, document, "json", told.volumes.languages[0])))
    listed = [row["receipt"] for row in model["submissions"]]
    wanted = [one.receipt["receipt"] for one in told.contributions]
    if sorted(listed) != sorted(wanted):
        told.play.misfits.append(f"consultation: {len(wanted)} inputs, {len(listed)} in {document['id']}")
    if "@" in json.dumps(model):
        told.play.misfits.append(f"consultation: an address stands in {document['id']}")


def _file(told: Consultation, document: dict[str, Any], format: str, language: str) -> bytes:
    path = f"{told.path}/documents/{document['id']}/file"
    response = told.play.suite.visitor.send("GET", path, format=format, language=language)
    if response.is_error:
        raise Mismatch(f"{path} {format} {language}: {response.status_code}")
    return response.content


def _files(document: dict[str, Any]) -> str:
    size = sum(file["size"] for file in document["files"]) / 1e6
    return f"{len(document['files'])} files in {', '.join(document['languages'])} ({size:.1f} MB)"


def _leave(told: Consultation) -> str:
    """Copy all documents out of the suite."""
    folder = told.play.folder / "documents" / told.play.edition
    folder.mkdir(parents=True, exist_ok=True)
    for document in told.documents.values():
        for language in document["languages"]:
            for format, signature in SIGNATURES.items():
                content = _file(told, document, format, language)
                if not content.lstrip().lower().startswith(signature.lower()):
                    told.play.misfits.append(f"consultation: {document['id']} in {language} is no {format}")
                (folder / f"{document['id']}-{language}.{format}").write_bytes(content)
    return str(folder)
