"""The service dies again and again while it makes the certificates of an announcement, and nobody asks meanwhile."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from wsis_shared import mongo
from wsis_shared.blobs import store as blob_store
from wsis_shared.errors import Unavailable
from wsis_shared.reference import languages
from wsis_testkit import actor, crash_at, wait_for

CLAIMED = "wsis_prizes.certificates.use_cases:CertificateCases._awarded:before"
LATER = (
    "wsis_shared.jobs.runner:Runner._report:before",  # the child process draws them
    "wsis_prizes.certificates.store:Certificates.save_certificate:after",  # the file is there, its row not committed
    "wsis_prizes.certificates.use_cases:CertificateCases._save:after",  # one is stored, the others are missing
)


def test_each_certificate_is_made_once_although_the_service_dies(
    serve: Any, make_contest: Any, form: Any, database: Any
) -> None:
    contest, db = make_contest(serve("prizes", seed=True, **crash_at(CLAIMED))), database("prizes")
    bodies = [form(organization=f"Organization {number}", title=f"Project {number}") for number in range(2)]
    projects = [contest.submit(actor(), body)["id"] for body in bodies]
    fixed = {"nominate": projects, "not_nominated": []}
    contest.call("fix_nominations", contest.officer, at="nomination", edition="2017", body=fixed)
    contest.run("publish_nominees", at="nomination", edition="2017")
    votes = dict.fromkeys(projects, 7)
    contest.certify(votes)
    contest.call("fix_finalists", contest.officer, at="selection", edition="2017", body={"settle": []})
    with suppress(Unavailable):  # it may die before its response is sent
        contest.call("announce_champions", contest.officer, at="selection", edition="2017")
    assert contest.served.process.wait(60) == 137

    def jobs() -> dict[str, str]:
        return {row["_id"]: row["state"] for row in db["jobs"].find({"kind": "make_certificates"})}

    announced = jobs()
    assert len(announced) == 1, "those of a few projects are made together"
    for place in LATER:
        assert serve("prizes", wait=False, **crash_at(place)).process.wait(60) == 137
        assert "running" in jobs().values(), "the one that has died with its worker"
    contest.served = serve("prizes")
    with suppress(Unavailable):  # who reads meanwhile has them made no second time
        contest.call("read_certificate", project=projects[-1], language="ru")
    wait_for(lambda: jobs() == dict.fromkeys(announced, "succeeded"), 90, "the same job to go on by itself")
    codes = [language.code for language in languages()]
    blobs = {contest.call("read_certificate", project=id, language=code)["blob"] for id in projects for code in codes}
    files = mongo.database(blob_store.DATABASE)["prizes.files"].find({"expires_at": {"$exists": False}})
    owners = Counter(row["owner"] for row in files)
    assert len(blobs) == len(projects) * len(codes)
    assert owners == {f"project/{id}": len(codes) for id in projects}
