"""`/v1/reference`, and messages about fields in the reader's language."""

from __future__ import annotations

import json


def test_the_index_names_the_sets_of_the_suite_and_of_plugins(http):
    items = {row["set"]: row for row in http.get("/v1/reference").json()["items"]}
    assert {"countries", "regions", "stakeholder_types", "goals", "action_lines", "agencies", "languages"} <= set(items)
    assert items["note_colours"] == {
        "set": "note_colours",
        "summary": "Colours of notes",
        "filters": ["warm"],
        "href": "/v1/reference/note_colours",
    }
    assert http.get(items["note_colours"]["href"]).status_code == 200


def test_titles_are_in_the_language_of_the_reader(http):
    def norway(query="", **headers):
        response = http.get(f"/v1/reference/countries{query}", headers=headers)
        return next(row for row in response.json()["items"] if row["code"] == "NO"), response

    row, response = norway(**{"Accept-Language": "fr-CH, en;q=0.5"})
    assert (row["title"], row["region"]) == ("Norvège", "europe")
    assert response.headers["Content-Language"] == "fr"
    assert "titles" not in row
    assert norway("?lang=ru", **{"Accept-Language": "fr"})[0]["title"] == "Норвегия"
    row, _ = norway("?languages=all")
    assert (row["title"], row["titles"]["zh"], len(row["titles"])) == ("Norway", "挪威", 7)


def test_titles_inside_a_row_are_translated_too(http):
    rows = http.get("/v1/reference/action_lines", headers={"Accept-Language": "es"}).json()["items"]
    assert rows[0]["sub_themes"][0]["title"] == "TIC para el desarrollo sostenible"


def test_a_set_is_cached_for_a_day_and_revalidated(http):
    first = http.get("/v1/reference/goals")
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    assert first.headers["Vary"] == "Accept-Language, Accept, Accept-Encoding"
    again = http.get("/v1/reference/goals", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    french = http.get("/v1/reference/goals", headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "fr"})
    assert french.status_code == 200
    head = http.head("/v1/reference/goals")
    assert (head.status_code, head.headers["ETag"], head.content) == (200, first.headers["ETag"], b"")


def test_a_filter_narrows_and_an_unknown_value_is_refused(http):
    arab = http.get("/v1/reference/countries?region=arab_states").json()["items"]
    assert {row["region"] for row in arab} == {"arab_states"}
    assert "EG" in {row["code"] for row in arab}
    for query, field in (
        ("countries?region=xx", "region"),
        ("goals?region=africa", "region"),
        ("countries?languages=some", "languages"),
        ("countries?lang=tlh", "lang"),
        ("note_colours?warm=maybe", "warm"),
    ):
        response = http.get(f"/v1/reference/{query}")
        assert response.status_code == 422, query
        assert [error["field"] for error in response.json()["errors"]] == [field]


def test_a_set_that_does_not_exist_is_not_found(http):
    response = http.get("/v1/reference/planets")
    assert (response.status_code, response.json()["code"]) == (404, "gateway.not_found")
    assert http.post("/v1/reference/goals", json={}).status_code == 405


def test_sets_are_counted_against_the_limit_of_reads(run_gateway):
    http = run_gateway(WSIS_LIMIT_READ="3/minute", WSIS_LIMIT_NETWORK_FACTOR="1").http
    assert [http.get("/v1/reference/goals").status_code for _ in range(4)] == [200, 200, 200, 429]


def test_the_document_names_the_real_sets(http):
    path = http.get("/openapi.json").json()["paths"]["/v1/reference/{name}"]["get"]
    names = {parameter["name"]: parameter for parameter in path["parameters"] if "name" in parameter}
    assert set(names["name"]["schema"]["enum"]) == {row["set"] for row in http.get("/v1/reference").json()["items"]}
    assert "region" in names


# -- messages about fields ---------------------------------------------------------------------------------------------


def errors(http, language, path="/v1/notes?limit=101&unknown=1&country=XX"):
    problem = http.get(path, headers={"Accept-Language": language})
    assert problem.status_code == 422, json.dumps(problem.json())
    return {error["field"]: (error["codes"][0], error["messages"][0]) for error in problem.json()["errors"]}


def test_messages_are_told_in_the_language_of_the_reader(http):
    assert errors(http, "fr", "/v1/notes?limit=101")["limit"] == (
        "field.out_of_range",
        "Doit être compris entre 1 et 100.",
    )
    assert errors(http, "zh", "/v1/notes?unknown=1")["unknown"] == ("query.unknown", "未知参数。")
    assert "XX" in errors(http, "ru", "/v1/notes?country=XX")["country"][1]
    assert errors(http, "ru", "/v1/notes?country=XX")["country"][1].startswith("Неизвестный код страны")


def test_english_messages_stay_as_they_were(http):
    assert errors(http, "en", "/v1/notes?limit=101")["limit"] == (
        "field.out_of_range",
        "Must be greater than or equal to 1 and less than or equal to 100.",
    )
