"""Scenario 13, its second half, and files and caches, through the real gateway."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

NAME = "partnerships"
PLEDGE = {
    "organization": "=cmd|calc",
    "package": "platinum",
    "contribution": {"form": "cash", "centimes": 38_300_000},
}
CONFIRM = {"state": "confirmed", "reason": "Agreed by letter"}


@pytest.fixture(scope="module")
def clients(fake_service: Any, serve: Any, open_gateway: Any) -> Iterator[Callable[..., httpx.Client]]:
    """`clients("officer")`: a client with these roles; `clients()` is a sponsor, `clients(None)` the public."""
    signer = TokenSigner()
    fake_service("accounts", jwks=signer.jwks)
    serve(NAME, wait=False)
    client = open_gateway(NAME)
    opened: list[httpx.Client] = []

    def make(*roles: str | None) -> httpx.Client:
        token = signer.token(*filter(None, roles), sub="-".join(filter(None, roles)) or "sponsor")
        headers = {} if None in roles else {"Authorization": f"Bearer {token}"}
        opened.append(httpx.Client(base_url=client.base_url, timeout=20, headers=headers))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def test_second_platinum_is_refused_and_the_list_of_partners_follows_at_once(clients: Any, make_png: Any) -> None:
    officer, sponsor, public = clients("officer"), clients(), clients(None)
    fund = "/v1/partnerships/2017"
    assert officer.post(f"{fund}/packages", json={}).status_code == 201
    assert public.get(f"{fund}/partners").json()["items"] == []
    first, second = (sponsor.post(f"{fund}/pledges", json=PLEDGE).json()["id"] for _ in range(2))
    logo, later, as_png = make_png(8, 8), make_png(9, 9), {"Content-Type": "image/png"}
    uploaded = sponsor.put(f"{fund}/pledges/{first}/logo", content=logo, headers=as_png)
    assert uploaded.json()["has_logo"] is True
    assert officer.put(f"{fund}/pledges/{first}/state", json=CONFIRM).status_code == 200
    refused = officer.put(f"{fund}/pledges/{second}/state", json=CONFIRM, headers={"Accept-Language": "ru"})
    assert (refused.status_code, refused.json()["title"]) == (409, "У этого пакета уже есть партнер")
    # The response of a minute ago is dropped by the event.
    [partner] = wait_for(lambda: public.get(f"{fund}/partners").json()["items"], what="the partner")
    downloaded = public.get(partner["logo"])
    assert (downloaded.content, downloaded.headers["content-type"]) == (logo, "image/png")
    assert downloaded.headers["content-disposition"].startswith("attachment")
    assert sponsor.put(f"{fund}/pledges/{first}/state", json=CONFIRM).status_code == 403
    replaced = sponsor.put(f"{fund}/pledges/{first}/logo", content=later, headers=as_png)
    assert (replaced.status_code, replaced.json()["logo_waits"]) == (200, True)
    assert public.get(partner["logo"]).content == logo
    assert sponsor.get(f"{fund}/pledges/{first}/proposed-logo").status_code == 403
    assert officer.get(f"{fund}/pledges/{first}/proposed-logo").content == later
    agreed = {"accepted": True, "reason": "The new mark of the company"}
    assert officer.put(f"{fund}/pledges/{first}/proposed-logo/decision", json=agreed).status_code == 200
    assert public.get(partner["logo"]).content == later

    report = officer.get(f"{fund}/report/lines", params={"format": "csv"})
    header, line = report.text.lstrip("\ufeff").splitlines()
    row = dict(zip(header.split(","), line.split(","), strict=True))
    assert (row["package"], row["confirmed.centimes"], row["pledged.centimes"]) == ("platinum", "38300000", "38300000")
    pledges = officer.get(f"{fund}/pledges", params={"format": "csv", "state": "confirmed", "lang": "fr"}).text
    assert pledges.count("\r\n") == 2
    [said] = csv.DictReader(io.StringIO(pledges.lstrip("\ufeff")))
    assert (said["form.label"], said["state.label"], said["package_title"]) == ("Argent", "Confirmé", "Platine")
    steps = officer.get(f"{fund}/ledger", params={"format": "csv", "lang": "ru"}).text
    table = csv.DictReader(io.StringIO(steps.lstrip("\ufeff")))
    assert [row["to_state.label"] for row in table if row["pledge"] == first] == ["Подтверждено", "Ждет подтверждения"]
    assert "'=cmd|calc" in pledges, "a spreadsheet does not take it for a formula"


@pytest.mark.parametrize("content", [b"GIF89a" + b"\0" * 40 + b"\x3b", b"<svg/>", b"%PDF-1.7 %%EOF"])
def test_logo_of_another_type_is_refused(clients: Any, content: bytes) -> None:
    officer, sponsor = clients("officer"), clients()
    officer.post("/v1/partnerships/2018/packages", json={})
    made = sponsor.post("/v1/partnerships/2018/pledges", json=PLEDGE).json()["id"]
    sent = sponsor.put(
        f"/v1/partnerships/2018/pledges/{made}/logo", content=content, headers={"Content-Type": "image/png"}
    )
    assert sent.status_code == 415


def test_of_two_officers_who_change_a_package_one_learns_what_changed(clients: Any) -> None:
    officer, second, fund = clients("officer"), clients("officer"), "/v1/partnerships/2021"
    officer.post(f"{fund}/packages", json={})
    read = officer.get(f"{fund}/packages").headers["ETag"]
    body, other = {"amount_centimes": 500, "reason": "Agreed"}, {"title": {"fr": "Or"}, "reason": "Shorter"}

    def change(who: httpx.Client, package: str, sent: Any, tag: str) -> httpx.Response:
        return who.patch(f"{fund}/packages/{package}", json=sent, headers={"If-Match": tag} if tag else {})

    assert change(officer, "gold", body, "").status_code == 428
    first = change(officer, "gold", body, read)
    assert first.status_code == 200
    refused = change(second, "gold", other, read)
    assert (refused.status_code, refused.json()["code"]) == (412, "suite.changed_since_read")
    assert refused.json()["params"]["difference"] == {"amount_centimes": 500}
    assert change(second, "platinum", other, read).status_code == 200, "another package is no obstacle"
    assert change(second, "gold", other, first.headers["ETag"]).status_code == 200

    def both_are_public() -> bool:  # once an event has ended what the gateway cached of the list
        items = officer.get(f"{fund}/packages", headers={"Accept-Language": "fr"}).json()["items"]
        return any((row["amount_centimes"], row["title"]) == (500, "Or") for row in items)

    wait_for(both_are_public, 10, "what both have changed")
