"""Portraits of facilitators: theirs, by their consent, and gone with it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from wsis_shared import images
from wsis_shared.blobs import store as blob_store
from wsis_shared.errors import NotFound
from wsis_testkit import actor, canaries, make_context, refused

from wsis_consultation.facilitators.schemas import selection
from wsis_consultation.facilitators.use_cases.portraits import DRAWING

from ..facilitator_kit import WHY, consent, contacts, key_from, nominating, read, set_mechanisms

HERE = {"edition": "2017"}


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=contacts)


@pytest.fixture(scope="module")
def nominate(consultation: Any) -> Any:
    return nominating(consultation, set_mechanisms(consultation))


def photo(**options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (800, 1000), "teal").save(file, "JPEG", **options)
    return file.getvalue()


class Person:
    """A candidate with a mailed link."""

    def __init__(self, consultation: Any, database: Any, nominate: Any, name: str) -> None:
        self.consultation = consultation
        _, self.id = nominate(name)
        self.key = key_from(database, self.id)
        self.email = read(consultation, self.id)["email"]

    def call(self, method: str, who: Any = None, **arguments: Any) -> Any:
        return self.consultation.call(method, who or actor(), candidate=self.id, **HERE, **arguments)

    def send(self, content: bytes = b"") -> str:
        upload = blob_store.of("consultation").put([content or photo()], owner="upload", filename="me.jpg")
        sent = self.call("set_portrait", body={"key": self.key}, upload=upload.reference())
        return str(selection.Consent().dump(sent)["portrait"])

    def decide(self, portrait: str, accepted: bool) -> dict[str, Any]:
        body = {"portrait": portrait, "accepted": accepted, **WHY}
        decided = self.call("decide_portrait", self.consultation.officer, body=body)
        return selection.WholeCandidate().dump(decided)

    def waiting(self) -> str:
        return str(read(self.consultation, self.id)["portrait"]["id"])

    def listed(self) -> Any:
        found = selection.Facilitators().dump(self.consultation.call("list_facilitators", **HERE))["items"]
        return next(row["portrait"] for row in found if row["full_name"] == self.name())

    def name(self) -> str:
        return str(read(self.consultation, self.id)["full_name"])

    def confirm(self) -> None:
        body = {"candidates": [self.id], **WHY}
        self.consultation.call("confirm_facilitators", self.consultation.officer, **HERE, body=body)

    def shown(self) -> None:
        """Everybody sees the portrait."""
        consent(self.consultation, self.id)
        self.send()
        self.decide(self.waiting(), accepted=True)
        self.confirm()
        assert self.listed()


@pytest.fixture
def person(consultation: Any, database: Any, nominate: Any) -> Any:
    return lambda name: Person(consultation, database, nominate, name)


def file_of(person: Person, who: Any = None) -> bytes:
    reference = person.call("read_portrait", who)
    return b"".join(blob_store.of("consultation").open(reference["blob"]))


def test_a_portrait_is_public_once_its_owner_consents_an_officer_accepts_and_confirms(person: Any) -> None:
    ada = person("Ada Portrait")
    with refused("consultation.consent_missing"):
        ada.send()
    consent(ada.consultation, ada.id)
    exif = Image.Exif()
    exif[0x010F] = "A camera that tells"
    assert ada.send(photo(exif=exif)) == "waiting"
    ada.confirm()
    assert ada.listed() is None
    with refused("consultation.portrait_unknown"):
        file_of(ada)
    content = file_of(ada, ada.consultation.officer)
    assert Image.open(io.BytesIO(content)).size == (320, 400)
    assert b"A camera that tells" not in content

    seen = ada.waiting()
    ada.send()
    with refused("consultation.portrait_changed"):
        ada.decide(seen, accepted=True)
    assert ada.decide(ada.waiting(), accepted=True)["portrait"]["accepted"] is True
    path = f"/v1/consultations/2017/candidates/{ada.id}/portrait"
    assert ada.listed() == {"url": path, "width": 320, "height": 400}
    assert file_of(ada)

    ada.decide(ada.waiting(), accepted=False)
    assert ada.listed() is None
    with refused("consultation.portrait_unknown"):
        file_of(ada, ada.consultation.officer)


def test_what_is_no_image_is_refused_and_needs_the_key(person: Any) -> None:
    bo = person("Bo Portrait")
    consent(bo.consultation, bo.id)
    with refused("consultation.portrait_refused") as refusal:
        bo.send(b"%PDF-1.7")
    assert list(refusal.value.fields) == ["file"]
    bo.key = "a" * 64
    with refused("consultation.candidate_unknown"):
        bo.send()


def test_what_takes_too_long_may_be_sent_again(consultation: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = blob_store.of("consultation")
    upload = blobs.put([photo()], owner="upload", filename="me.jpg")
    monkeypatch.setattr(images, "SECONDS", 0.0)
    with refused("consultation.portrait_not_drawn"):
        DRAWING.draw(make_context(actor()), blobs.open(upload.id), [320])


def test_who_is_merged_brings_the_portrait_along_and_back(person: Any) -> None:
    fay, fei = person("Fay Portrait"), person("Portrait, Fay")
    for one in (fay, fei):
        consent(one.consultation, one.id)
    fay.confirm()
    fei.send()
    fei.decide(fei.waiting(), accepted=True)
    merged = fay.call("merge_candidates", fay.consultation.officer, body={"source": fei.id, **WHY})
    assert fay.listed()
    assert file_of(fay)
    [merge] = selection.WholeCandidate().dump(merged)["merges"]
    fay.call("undo_merge", fay.consultation.officer, merge=merge["id"], body=WHY)
    assert (fay.listed(), read(fei.consultation, fei.id)["portrait"]["accepted"]) == (None, True)


def test_its_owner_takes_it_back(person: Any) -> None:
    cy = person("Cy Portrait")
    cy.shown()
    taken = cy.call("remove_own_portrait", body={"key": cy.key})
    assert selection.Consent().dump(taken)["portrait"] == "none"
    assert cy.listed() is None
    with refused("consultation.portrait_unknown"):
        cy.call("remove_own_portrait", body={"key": cy.key})


def test_a_refusal_takes_the_portrait_along(person: Any) -> None:
    di = person("Di Portrait")
    di.shown()
    di.call("decide_consent", body={"key": di.key, "decision": "refused"})
    di.call("decide_consent", body={"key": di.key, "decision": "given"})
    assert di.listed() is None, "who consents again sends it again"
    with refused("consultation.portrait_unknown"):
        file_of(di, di.consultation.officer)


def test_who_is_erased_has_no_portrait(person: Any, amqp_client: Any) -> None:
    ed = person("Ed Portrait")
    ed.shown()
    blob = ed.call("read_portrait")["blob"]
    canaries.erase(amqp_client, "consultation", address=ed.email, time=datetime.now(UTC))
    assert read(ed.consultation, ed.id)["portrait"] is None
    with refused("consultation.portrait_unknown"):
        file_of(ed, ed.consultation.officer)
    with pytest.raises(NotFound):
        blob_store.of("consultation").stat(blob)
