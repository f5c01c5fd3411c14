"""JSON-LD of the register, read by a library that knows nothing of it. Nothing is loaded from the network."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from rdflib import DCTERMS, FOAF, RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from wsis_shared.exports import ExportSource
from wsis_shared.settings import Settings

from wsis_stocktaking.exchange.linked_data import MEDIA_TYPE, LinkedData, catalogue_document, entry_document
from wsis_stocktaking.register.rules.cards import card
from wsis_stocktaking.search.routes import ROUTES

XSD = Namespace("http://www.w3.org/2001/XMLSchema#")  # rdflib's own warns when pytest looks through this module
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SCHEMA, SPDX = Namespace("https://schema.org/"), Namespace("http://spdx.org/rdf/terms#")
BASE = "https://wsis.example"
ENTRY = URIRef(f"{BASE}/v1/entries/e1")
CATALOGUE, REGISTER = URIRef(f"{BASE}/v1/entry-catalogue#catalogue"), URIRef(f"{BASE}/v1/entry-catalogue#register")
LINE = URIRef(f"{BASE}/v1/reference/action_lines#C7.e-agriculture")
(JSON_LD,) = ROUTES[0].export_formats
AT = datetime(2016, 7, 1, 12, tzinfo=UTC)
HOSTILE = '</script><script>alert("1")</script> \\u0022 {"@id": "x"}'


@pytest.fixture
def make_card(make_content: Callable[..., Any]) -> Callable[..., Any]:
    """The card of an entry with this content."""

    def make(entry: str = "e1", **changes: Any) -> Any:
        prize = changes.pop("prize", None)
        return card(
            {
                "_id": entry,
                "revision": 2,
                "sequence": 7,
                "content": make_content(**changes),
                "prize": prize,
                "published_at": AT,
                "revised_at": AT,
            }
        )

    return make


def parsed(text: str | bytes) -> Graph:
    return Graph().parse(data=text, format="json-ld")


def exported(*pages: list[Any]) -> bytes:
    writer: Any = JSON_LD.load()()
    parts = [writer.begin(ExportSource(BASE, f"{BASE}/v1/entries", AT, "en"))]
    parts += [writer.write(page) for page in pages]
    return b"".join([*parts, writer.finish()])


def test_an_entry_is_a_record_about_an_activity_with_typed_dates_and_languages(make_card: Any) -> None:
    content = {
        "title": {"en": "Digital farmers", "fr": "Agriculteurs numériques"},
        "end_date": "2016-12-31",
        "regions": ["africa"],
        "prize": {"status": "winner", "edition": "2016"},
    }
    graph = parsed(entry_document(make_card(**content), BASE))
    record = URIRef(f"{ENTRY}#record")
    moment = Literal("2016-07-01T12:00:00Z", datatype=XSD.dateTime)
    expected = {
        (CATALOGUE, DCAT.record, record),
        (CATALOGUE, DCAT.resource, ENTRY),
        (record, RDF.type, DCAT.CatalogRecord),
        (record, FOAF.primaryTopic, ENTRY),
        (record, DCTERMS.modified, moment),
        (ENTRY, RDF.type, DCAT.Resource),
        (ENTRY, RDF.type, SCHEMA.Project),
        (ENTRY, DCTERMS.title, Literal("Digital farmers", lang="en")),
        (ENTRY, DCTERMS.title, Literal("Agriculteurs numériques", lang="fr")),
        (ENTRY, DCAT.theme, LINE),
        (ENTRY, SCHEMA.knowsAbout, LINE),
        (ENTRY, DCAT.theme, URIRef("http://metadata.un.org/sdg/2")),
        (ENTRY, DCAT.theme, URIRef("http://metadata.un.org/sdg/2.3")),
        (LINE, RDF.type, SKOS.Concept),
        (ENTRY, DCAT.keyword, Literal("crops", lang="en")),
        (ENTRY, DCTERMS.spatial, URIRef("http://publications.europa.eu/resource/authority/country/KEN")),
        (ENTRY, SCHEMA.award, Literal("WSIS Prizes, 2016: Winner", lang="en")),
    }
    assert expected - set(graph) == set()
    period = graph.value(ENTRY, DCTERMS.temporal)
    assert graph.value(period, DCAT.startDate) == Literal("2014-03-01", datatype=XSD.date)
    assert graph.value(period, DCAT.endDate) == Literal("2016-12-31", datatype=XSD.date)
    publisher = graph.value(ENTRY, DCTERMS.publisher)
    assert graph.value(publisher, FOAF.homepage) == URIRef("https://agriculture.example")
    areas = {str(graph.value(area, SCHEMA.identifier)) for area in graph.objects(ENTRY, SCHEMA.areaServed)}
    assert {*graph.objects(None, RDF.type)} >= {SCHEMA.Country}
    assert areas == {"KE"}


@pytest.mark.parametrize(
    ("kind", "type"),
    [
        ("conference", "Event"),
        ("website", "WebSite"),
        ("publication", "Report"),
        ("programme", "Project"),
        ("training_initiative", "Course"),
    ],
)
def test_the_class_follows_from_the_kind(make_card: Any, kind: str, type: str) -> None:
    graph = parsed(entry_document(make_card(kind=kind), BASE))
    assert (ENTRY, RDF.type, SCHEMA[type]) in graph
    assert bool(graph.value(ENTRY, SCHEMA.about)) is (type != "Project")


def test_what_people_wrote_stays_text_and_addresses_become_valid(make_card: Any) -> None:
    links = [
        {"url": "https://a.example/x[1]|{y}%zz?q=a#b#c", "title": None},
        {"url": "javascript:alert(1)", "title": None},
    ]
    organization = {"name": HOSTILE, "type": "government", "country": None, "website": "https://a.example/é ü"}
    written = {"title": {"en": HOSTILE}, "keywords": [HOSTILE], "links": links, "organization": organization}
    text = entry_document(make_card(**written), BASE)
    assert "<" not in text
    graph = parsed(text)
    assert graph.value(ENTRY, DCTERMS.title) == Literal(HOSTILE, lang="en")
    assert graph.value(ENTRY, DCAT.keyword) == Literal(HOSTILE, lang="en")
    publisher = graph.value(ENTRY, DCTERMS.publisher)
    assert graph.value(publisher, FOAF.name) == Literal(HOSTILE)
    assert graph.value(publisher, FOAF.homepage) == URIRef("https://a.example/%C3%A9%20%C3%BC")
    assert set(graph.objects(ENTRY, FOAF.page)) == {URIRef("https://a.example/x%5B1%5D%7C%7By%7D%25zz?q=a#b%23c")}
    graph.serialize(format="nt")  # refuses IRIs that are none


def test_an_export_is_one_catalogue_of_all_its_pages(make_card: Any) -> None:
    content = exported([make_card("e1"), make_card("e2")], [], [make_card("e3")])
    graph = parsed(content)
    assert len(set(graph.objects(CATALOGUE, DCAT.record))) == 3
    assert set(graph.objects(CATALOGUE, DCAT.dataset)) == {REGISTER}
    scheme = URIRef(f"{BASE}/v1/reference/action_lines")
    assert (scheme, RDF.type, SKOS.ConceptScheme) in graph
    concepts = set(graph.subjects(SKOS.inScheme, scheme))
    assert LINE in concepts
    assert len([each for each in concepts if "." not in str(each).partition("#")[2]]) == 11
    parent = URIRef(f"{scheme}#C7")
    assert len(set(graph.subjects(SKOS.broader, parent))) == 8
    tops = set(graph.subjects(SKOS.topConceptOf, scheme))
    assert tops == {each for each in concepts if graph.value(each, SKOS.broader) is None}
    assert (parent in tops, LINE in tops) == (True, False)
    goals = set(graph.subjects(SKOS.inScheme, URIRef("http://metadata.un.org/sdg")))
    assert len(goals) == 17
    known = tuple(value for value in json.loads(content)["@context"].values() if isinstance(value, str))
    terms = {str(each) for each in {*graph.predicates(), *graph.objects(None, RDF.type)} - {RDF.type}}
    assert [each for each in terms if not each.startswith(known)] == []
    assert len(list(parsed(exported()).objects(CATALOGUE, DCAT.record))) == 0


def test_a_list_with_selected_fields_can_leave_too(make_card: Any) -> None:
    found = make_card()
    graph = parsed(exported([{"entry": found["entry"], "title": found["title"]}]))
    assert graph.value(ENTRY, DCTERMS.title) == Literal("Digital farmers", lang="en")
    assert graph.value(ENTRY, DCTERMS.publisher) is None


def test_the_catalogue_has_a_distribution_for_each_format_and_file() -> None:
    file = {"id": "s1", "format": "csv", "size": 123, "sha256": "ab" * 32, "taken_at": "2016-07-01T12:00:00Z"}
    text = catalogue_document(BASE, "2016-07-01T12:00:00Z", [file])
    graph = parsed(text)
    files = {str(graph.value(each, DCAT.downloadURL)): each for each in graph.objects(REGISTER, DCAT.distribution)}
    exports = {f"{BASE}/v1/entries?format={name}" for name in ("jsonld", "csv", "xlsx", "jsonl", "json-array")}
    snapshot = f"{BASE}/v1/entry-snapshots/s1/file?format=csv"
    assert set(files) == exports | {snapshot}
    assert graph.value(files[snapshot], DCAT.byteSize) == Literal("123", datatype=XSD.nonNegativeInteger)
    checksum = graph.value(files[snapshot], SPDX.checksum)
    assert graph.value(checksum, SPDX.checksumValue) == Literal("ab" * 32, datatype=XSD.hexBinary)
    titles = {each.language for each in graph.objects(CATALOGUE, DCTERMS.title)}
    assert titles == {"en", "fr", "pt", "es", "zh", "ar", "ru"}
    assert json.loads(text)["@context"]["dcat"] == str(DCAT)


def test_the_writer_holds_no_state_between_exports(make_card: Any) -> None:
    assert exported([make_card()]) == exported([make_card()])
    assert JSON_LD.media_type == MEDIA_TYPE
    assert LinkedData().start(BASE, "x") == LinkedData().start(BASE, "x")


LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")


@pytest.fixture
def licensed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The secretariat has chosen a licence."""
    monkeypatch.setenv("WSIS_STOCKTAKING_LICENCE", str(LICENCE))
    Settings.forget_current()
    yield
    monkeypatch.undo()
    Settings.forget_current()


@pytest.mark.usefixtures("licensed")
def test_the_register_says_under_which_conditions_it_is_used(make_card: Any) -> None:
    graph = parsed(catalogue_document(BASE, "2016-07-01T12:00:00Z", ()))
    distributions = list(graph.objects(REGISTER, DCAT.distribution))
    assert len(distributions) == 5
    for node in (CATALOGUE, REGISTER, *distributions):
        assert list(graph.objects(node, DCTERMS.license)) == [LICENCE]
        [rights] = graph.objects(node, DCTERMS.rights)
        labels = list(graph.objects(rights, RDFS.label))
        assert {label.language for label in labels if isinstance(label, Literal)} == {
            "en",
            "fr",
            "pt",
            "es",
            "zh",
            "ar",
            "ru",
        }
    [contact] = graph.objects(REGISTER, DCAT.contactPoint)
    assert list(graph.objects(contact, VCARD.hasURL)) == [URIRef(f"{BASE}/contact")]
    assert len(list(graph.objects(REGISTER, DCTERMS.spatial))) == 1
    entry = parsed(entry_document(make_card(), BASE))
    assert list(entry.objects(ENTRY, DCTERMS.license)) == [LICENCE]
    assert list(entry.objects(URIRef(f"{ENTRY}#record"), DCTERMS.rights)) != []


def test_without_a_licence_none_is_named() -> None:
    graph = parsed(catalogue_document(BASE, "2016-07-01T12:00:00Z", ()))
    assert list(graph.objects(None, DCTERMS.license)) == []
    assert list(graph.objects(REGISTER, DCTERMS.rights)) != []
