"""Champions and winners of a whole edition: the embargo, certificates, the release."""

from __future__ import annotations

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from wsis_shared import mongo
from wsis_shared.blobs import store as blob_store
from wsis_shared.errors import SuiteError, Unavailable
from wsis_shared.reference import languages
from wsis_testkit import refused, wait_for
from wsis_testkit.gateway import running_gateway

HEALTH, MEDIA = "C7.e-health", "C9"
PUBLIC = (
    "list_editions",
    "read_edition",
    "list_nominees",
    "read_nominee",
    "read_nominee_image",
    "list_champions",
    "list_winners",
    "read_certificate",
    "contest",
    "list_past_winners",
    "find_winners",
    "list_categories",
    "read_form",
)


def everything_in_public(contest: Any, projects: list[str]) -> dict[str, str]:
    """What each route answers to anonymous readers, as text, by project where it takes one."""
    from wsis_shared.plugin import PUBLIC as open_to_all

    from wsis_prizes.plugin import plugin

    assert {route.handler for route in plugin.routes if route.permission == open_to_all} <= {
        *PUBLIC,
        "count_words",
        "read_word_counter",
        "suggest_sdgs",
    }
    answers = {}
    for call in PUBLIC:
        for project in projects if call in ("read_nominee", "read_nominee_image", "read_certificate") else [""]:
            arguments: dict[str, Any] = {"project": project} if project else {}
            if call not in ("list_editions", "read_certificate", "find_winners"):
                arguments["edition"] = "2018" if call == "list_past_winners" else "2017"
            if call == "read_nominee_image":
                arguments["size"] = "small"
            if call in ("list_nominees", "list_champions", "list_winners"):
                arguments["limit"] = 100
            try:
                answers[f"{call} {project}"] = json.dumps(contest.call(call, at="ceremony", **arguments))
            except SuiteError as refused:
                answers[f"{call} {project}"] = str(refused)
    return answers


def wait_for_jobs(database: Any) -> None:
    """Until no certificate is to be made any more."""
    live = {"kind": "make_certificates", "state": {"$in": ["queued", "running"]}}
    wait_for(lambda: database("prizes")["jobs"].count_documents(live) == 0, 300, "the certificates")


def test_embargo(contest: Any, announced: Any, winner: str, finalists: Any, owners: Any, database: Any) -> None:
    """Between decision and release the winner cannot be told from any other champion, by anybody outside."""
    champions = finalists["health"][:6]
    answers = everything_in_public(contest, champions)
    assert answers["list_winners "].startswith("prizes.winners_not_released")
    assert json.loads(answers["list_past_winners "])["items"] == json.loads(answers["find_winners "])["items"] == []
    how_far = contest.call("read_announcements", contest.officer, edition="2017")
    assert (how_far["champions"], how_far["categories"], how_far["undecided"]) == (len(champions_now(contest)), 2, [])
    assert 0 < how_far["submitters"] <= how_far["champions"]
    assert (bool(how_far["champions_announced_at"]), how_far["winners_released_at"]) == (True, None)
    assert winner not in json.dumps(how_far)
    told = json.loads(answers["list_champions "])["items"]
    assert [row["number"] for row in told] == sorted(row["number"] for row in told)
    assert not any("winner" in row for row in told)
    # Wherever the winner stands, every other champion stands as often.
    contest.published.wait("champions_announced")
    published = json.dumps([e for e in contest.published.events if not e["type"].endswith("project_submitted.v1")])
    log = contest.served.log.read_text("utf-8")
    stored = {
        name: json.dumps(list(database("prizes")[name].find()), default=str)
        for name in database("prizes").list_collection_names()
        if name not in ("decisions", "reviews", "inbox", "projects")
    }
    stored["files"] = json.dumps(list(mongo.database(blob_store.DATABASE)["prizes.files"].find()), default=str)
    places = {"all answers": json.dumps(list(answers.values())), "events": published, "log": log, **stored}
    for place, text in places.items():
        counts = Counter({project: text.count(project) for project in champions})
        assert len(set(counts.values())) == 1, f"{place} tells {winner} from the others: {counts}"
    # The audit says that categories are decided; neither how nor why.
    entries = [
        e["data"] for e in contest.published.of("action_taken") if e["data"]["action"] == "prizes.category_decided"
    ]
    assert [entry["after"] for entry in entries] == [{"decided": True}] * 2
    assert all(entry["reason"] is None for entry in entries)
    project = database("prizes")["projects"].find_one({"_id": winner})
    other = database("prizes")["projects"].find_one({"_id": champions[0]})
    assert project.keys() == other.keys()
    # Nor do officers or owners see it in the ordinary views.
    for who in (contest.officer, owners[winner]):
        row = contest.call("read_project", who, at="ceremony", project=winner)
        assert "winner" not in json.dumps(row)


def certificate_files(project: str) -> list[dict[str, Any]]:
    """The certificates of a project in the blob store that do not expire."""
    rows = mongo.database(blob_store.DATABASE)["prizes.files"]
    return list(rows.find({"owner": f"project/{project}", "expires_at": {"$exists": False}}))


def test_certificate_of_a_champion_says_nothing_of_winning(
    contest: Any, nominees: list[str], announced: Any, winner: str
) -> None:
    blob = contest.call("read_certificate", project=winner)["blob"]
    assert b"".join(blob_store.of("prizes").open(blob)).startswith(b"%PDF")
    with refused("prizes.no_certificate"):
        contest.call("read_certificate", project=next(id for id in nominees if id not in champions_now(contest)))


def test_certificates_are_made_with_the_announcement(contest: Any, announced: Any, database: Any) -> None:
    """Whoever reads one first, in whichever language, finds the file: no read makes anything."""
    champions, codes = champions_now(contest), [language.code for language in languages()]
    jobs = database("prizes")["jobs"].count_documents({})
    read = {contest.call("read_certificate", project=id, language=code)["blob"] for id in champions for code in codes}
    assert read == {row["_id"] for id in champions for row in certificate_files(id)}
    assert len(read) == len(champions) * len(codes)
    assert database("prizes")["jobs"].count_documents({}) == jobs


NOT_READY = "prizes.certificate_not_ready"


def remove_certificates(database: Any, projects: list[str]) -> None:
    """As if none had been made of these projects."""
    database("prizes")["certificates"].delete_many({"project": {"$in": projects}})
    owners = [f"project/{id}" for id in projects]
    mongo.database(blob_store.DATABASE)["prizes.files"].delete_many({"owner": {"$in": owners}})


def test_reads_of_missing_certificates_make_none_and_have_each_made_once(
    contest: Any, announced: Any, database: Any
) -> None:
    """Those of an edition announced by a version that made them as they were read: strangers ask for all at once."""
    champions, codes = sorted(champions_now(contest))[:2], [language.code for language in languages()]
    remove_certificates(database, champions)
    files, jobs = mongo.database(blob_store.DATABASE)["prizes.files"], database("prizes")["jobs"]
    files_before, jobs_before = files.count_documents({}), jobs.count_documents({})

    def ask(project: str, language: str) -> str:
        try:
            return str(contest.call("read_certificate", project=project, language=language)["blob"])
        except Unavailable as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(ask, project, code) for code in codes for project in champions for _ in range(3)]
    wait_for_jobs(database)
    made = {ask(project, code) for project in champions for code in codes}
    assert NOT_READY not in made
    assert NOT_READY in [one.result() for one in told]
    assert {one.result() for one in told} <= {NOT_READY, *made}
    assert len(made) == len(champions) * len(codes)
    assert files.count_documents({}) == files_before + len(made)
    assert jobs.count_documents({}) == jobs_before + len(champions)


def test_a_client_is_told_when_to_ask_for_its_certificate_again(
    contest: Any, announced: Any, database: Any, environment: dict[str, str], tmp_path: Path
) -> None:
    champion = min(champions_now(contest))
    remove_certificates(database, [champion])
    settings = {**environment, "WSIS_GATEWAY_PLUGINS": "prizes"}
    with running_gateway(settings, tmp_path / "log") as client:
        wait_for(lambda: client.get("/readyz").status_code == 200, 30, "the service")
        path = f"/v1/projects/{champion}/certificate?language=ru"
        refused = client.get(path)
        wait_for_jobs(database)
        assert (refused.status_code, refused.json()["code"]) == (503, NOT_READY)
        assert refused.headers["Retry-After"] == "10"
        assert refused.headers["Cache-Control"] == "no-store"
        assert client.get(path).content.startswith(b"%PDF")


def champions_now(contest: Any) -> set[str]:
    return {row["project"] for row in contest.call("list_champions", edition="2017", limit=100)["items"]}


def test_release_then_everybody_knows(
    contest: Any, announced: Any, winner: str, finalists: Any, jurors: Any, database: Any
) -> None:
    with refused("prizes.before_the_ceremony"):
        contest.call("release_winners", contest.officer, at="selection", edition="2017", body={"reason": "Early"})
    # A finalist is disqualified after the decision: the next moves up, the decision is void.
    gone = finalists["health"][0]
    as_champion = contest.call("read_certificate", project=winner)["blob"]
    assert certificate_files(gone)
    contest.call("disqualify_project", contest.officer, at="selection", project=gone, body={"reason": "Votes bought"})
    assert gone not in champions_now(contest)
    assert certificate_files(gone) == []
    with refused("prizes.no_certificate"):
        contest.call("read_certificate", project=gone)
    with refused("prizes.categories_undecided") as refusal:
        contest.call("release_winners", contest.officer, at="ceremony", edition="2017", body={"reason": "Ceremony"})
    assert refusal.value.params["categories"] == HEALTH
    body = {"project": winner, "reason": "Still the best"}
    contest.call("choose_winner", jurors[0], at="selection", edition="2017", category=HEALTH, body=body)
    done = contest.call("release_winners", contest.officer, at="ceremony", edition="2017", body={"reason": "Ceremony"})
    assert (done["winners"], done["champions"]) == (1, 6)
    assert [row["project"] for row in contest.call("list_winners", edition="2017")["items"]] == [winner]
    flagged = {row["project"]: row["winner"] for row in contest.call("list_champions", edition="2017")["items"]}
    assert [id for id, won in flagged.items() if won] == [winner]
    event = contest.published.wait("winners_announced")[0]["data"]
    assert [row["project"] for row in event["winners"]] == [winner]
    assert winner not in [row["project"] for row in event["champions"]]
    assert contest.published.wait("project_disqualified")[0]["data"]["project"] == gone
    past = contest.call("list_past_winners", edition="2018", limit=100)["items"]
    assert [(row["title"], row["language"]) for row in past] == [("Project 2", "en")]
    [row] = contest.call("find_winners", q="project", edition="2017")["items"]
    assert (row["project"], row["category"]) == (winner, HEALTH)
    # The certificate says another word now: it is made anew, and the former one expires.
    wait_for_jobs(database)
    as_winner = contest.call("read_certificate", project=winner)["blob"]
    assert as_winner != as_champion
    kept = {row["_id"] for row in certificate_files(winner)}
    assert as_winner in kept
    assert as_champion not in kept


def test_champions_are_found_by_category_region_and_goal(contest: Any, announced: Any) -> None:
    arab = contest.call("list_champions", edition="2017", region="arab_states", sdg=3, limit=100)["items"]
    assert {row["region"] for row in arab} <= {"arab_states"}
    media = contest.call("list_champions", edition="2017", category=MEDIA)["items"]
    assert [row["title"] for row in media] == ["Radio for all"]
    assert contest.call("list_champions", edition="2017", sdg=4)["items"] == []
    by_word = contest.call("list_champions", edition="2017", q="of the RADI")["items"]
    assert [row["title"] for row in by_word] == ["Radio for all"]
    first = contest.call("list_champions", edition="2017", limit=4)
    others = contest.call("list_champions", edition="2017", limit=4, after=first["next"])["items"]
    assert {row["project"] for row in (*first["items"], *others)} == champions_now(contest)
    assert len(first["items"]) + len(others) == len(champions_now(contest))


def test_no_address_ever_leaves(contest: Any, announced: Any) -> None:
    assert "@" not in json.dumps(contest.published.events)
    answers = everything_in_public(contest, list(champions_now(contest)))
    assert "@" not in "".join(text for call, text in answers.items() if not call.startswith("read_certificate"))
