"""Jobs over HTTP: 202, an address to read, progress, cancel, and a list for operators."""

import pytest
from wsis_testkit import wait_for
from wsis_testkit.event_stream import EventClient


@pytest.fixture(scope="module")
def start(http, signed_in):
    """`start("n1")`: the response of a request that starts a job."""

    def post(note, **headers):
        return http.post(f"/v1/notes/{note}/archive", headers=signed_in(**headers))

    return post


@pytest.fixture(scope="module")
def ended(http, signed_in):
    """`ended(response)`: wait until the job at its `Location` has ended."""

    def wait(response):
        def job():
            return http.get(response.headers["Location"], headers=signed_in()).json()

        return wait_for(lambda: (seen := job())["state"] not in ("queued", "running") and seen, what="the job")

    return wait


def test_long_work_answers_202_with_the_address_of_its_job(http, start, ended):
    response = start("n1")
    job = response.json()
    assert (response.status_code, response.headers["Retry-After"]) == (202, "1")
    assert response.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert job["id"].startswith("sample.")
    assert (job["service"], job["kind"], job["requested_by"]) == ("sample", "pack", "ada")
    done = ended(response)
    assert (done["state"], done["result"]) == ("succeeded", {"calls": 3, "title": "n1"})
    assert done["created_at"] <= done["started_at"] <= done["finished_at"] < done["expires_at"]


def test_progress_is_followed_by_server_sent_events(gateway, start, signed_in):
    where = start("n5").headers["Location"]
    with EventClient(gateway.uri + where, signed_in()) as client:
        wait_for(lambda: client.data and client.data[-1]["state"] == "succeeded")
        steps = [job["progress"]["done"] for job in client.data]
        assert steps == sorted(steps)
        assert client.data[-1]["result"] == {"calls": 3, "title": "n5"}
    with EventClient(gateway.uri + where, signed_in(sub="bob")) as other:
        assert other.status == 404


def test_end_of_a_job_is_polled(http, start, signed_in):
    where = start("n6").headers["Location"]
    polls = [http.get(where, headers=signed_in())]

    def ended():
        wanted = {"If-None-Match": polls[-1].headers["ETag"], "Prefer": "wait=5"}
        polls.append(http.get(where, headers=signed_in(**wanted)))
        return polls[-1].status_code == 200 and polls[-1].json()["state"] == "succeeded"

    assert polls[0].json()["state"] == "succeeded" or wait_for(ended)
    assert len(polls) < 10, "each poll waits for something new"


def test_title_is_in_the_language_of_the_request(http, start, signed_in):
    where = start("n2").headers["Location"]
    told = {
        language: http.get(where, headers=signed_in(**{"Accept-Language": language})).json()["title"]
        for language in ("fr", "ru")
    }
    assert told == {"fr": "Empaquetage d’une note", "ru": "Packing a note"}


def test_repeat_under_an_idempotency_key_is_the_same_job(start):
    first, second = (start("n3", **{"Idempotency-Key": "pack-n3"}) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]


def test_job_is_cancelled_at_its_address(http, start, ended, signed_in):
    response = start("endless")
    where = response.headers["Location"]
    wait_for(lambda: http.get(where, headers=signed_in()).json()["progress"]["done"] > 0)
    cancelling = http.delete(where, headers=signed_in())
    assert cancelling.status_code in (200, 202)
    assert ended(response)["state"] == "cancelled"
    again = http.delete(where, headers=signed_in())
    assert (again.status_code, again.json()["state"]) == (200, "cancelled")


def test_others_do_not_learn_of_a_job(http, start, signed_in):
    where = start("n4").headers["Location"]
    assert http.get(where, headers=signed_in("officer", sub="eve")).status_code == 200
    assert http.get(where, headers=signed_in("operator", sub="otto")).status_code == 200
    for path in (where, "/v1/jobs/sample.0123", "/v1/jobs/accounts.0123", "/v1/jobs/nothing"):
        for refused in (http.get(path, headers=signed_in(sub="bob")), http.delete(path, headers=signed_in(sub="bob"))):
            assert (refused.status_code, refused.json()["code"]) == (404, "suite.job_unknown")
    assert http.get(where).status_code == 401
    followed = http.get(where, headers=signed_in(sub="bob", Accept="text/event-stream"))
    assert (followed.status_code, followed.json()["code"]) == (404, "suite.job_unknown")


def test_operators_list_the_jobs_of_a_service(http, start, ended, signed_in):
    made = [start(f"n{number}") for number in range(3)]
    for response in made:
        ended(response)
    operator = signed_in("operator", sub="otto")
    listed = {"service": "sample", "state": "succeeded", "limit": 2}
    first = http.get("/v1/jobs", params=listed, headers=operator).json()
    second = http.get("/v1/jobs", params=listed | {"after": first["next"]}, headers=operator).json()
    ids = [job["id"] for job in first["items"] + second["items"]]
    assert ids[:3] == [response.json()["id"] for response in reversed(made)]
    assert http.get("/v1/jobs", params=listed, headers=signed_in()).status_code == 403
    for wrong in (
        {},
        {"service": "accounts"},
        {"service": "sample", "state": "lost"},
        {"service": "sample", "kind": "x"},
    ):
        assert http.get("/v1/jobs", params=wrong, headers=operator).status_code == 422


def test_document_describes_jobs(http):
    document = http.get("/openapi.json").json()
    started = document["paths"]["/v1/notes/{note}/archive"]["post"]["responses"]
    assert started["202"]["headers"]["Location"]
    common, own = started["202"]["content"]["application/json"]["schema"]["allOf"]
    assert common == {"$ref": "#/components/schemas/Job"}
    assert "Count" in str(own["properties"]["result"])
    assert {"get", "delete"} <= document["paths"]["/v1/jobs/{job}"].keys()
    shared = document["components"]["parameters"]
    given = document["paths"]["/v1/jobs"]["get"]["parameters"]
    parameters = [shared[item["$ref"].rpartition("/")[2]] if "$ref" in item else item for item in given]
    services = next(item for item in parameters if item["name"] == "service")
    assert services["schema"]["enum"] == ["sample"]


def test_a_job_reads_an_upload_and_its_result_is_a_file(http, ended, signed_in, start):
    response = http.put("/v1/notes/n5/scan", content=b"country,votes", headers=signed_in())
    assert response.status_code == 202
    job = ended(response)
    assert job["state"] == "succeeded", job
    where = f"{response.headers['Location']}/file"
    file = http.get(where, headers=signed_in())
    assert (file.content, file.headers["content-type"]) == (b"setov,yrtnuoc", "text/csv; charset=utf-8")
    assert http.get(where, headers=signed_in(**{"Range": "bytes=-7"})).content == b"yrtnuoc"
    other = http.get(where, headers=signed_in(sub="eve"))
    assert (other.status_code, other.json()["code"]) == (404, "suite.job_unknown")
    packed = start("n6")
    ended(packed)
    none = http.get(f"{packed.headers['Location']}/file", headers=signed_in())
    assert (none.status_code, none.json()["code"]) == (404, "suite.job_without_file")


def test_who_has_lost_a_role_has_lost_the_jobs_that_they_began(http, signed_in):
    officer, former = signed_in("officer", sub="fay"), signed_in(sub="fay")
    archive = http.post("/v1/notes/n7/archive", headers=officer)
    scan = http.put("/v1/notes/n8/scan", content=b"country,votes", headers=officer)
    for started in (archive, scan):
        where = started.headers["Location"]
        job = wait_for(lambda where=where: (seen := http.get(where, headers=officer).json())["result"] and seen)
        assert job["requested_by"] == "fay"
        for method, path in (("GET", where), ("GET", f"{where}/file"), ("DELETE", where)):
            refused = http.request(method, path, headers=former)
            assert (refused.status_code, refused.json()["code"]) == (404, "suite.job_unknown")
