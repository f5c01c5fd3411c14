"""An entry as linked data: the record of the catalogue, and the activity that it is about."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.json_types import Input

from wsis_stocktaking.exchange.linked_data.conditions import licence
from wsis_stocktaking.exchange.linked_data.vocabulary import (
    CLASSES,
    LANGUAGES,
    SDG,
    Addresses,
    Node,
    country,
    known,
    language,
    texts,
    typed,
    web_address,
)
from wsis_stocktaking.register.rules.codes import title

# A list may leave fields out.
_MISSING: dict[str, object] = {
    "title": {},
    "description": {},
    "original_language": None,
    "organization": None,
    "kind": None,
    "coverage": None,
    "countries": [],
    "regions": [],
    "status": None,
    "start_date": None,
    "end_date": None,
    "action_lines": [],
    "sdgs": [],
    "targets": [],
    "partners": [],
    "keywords": [],
    "links": [],
    "prize": None,
    "revision": None,
    "published_at": None,
    "revised_at": None,
}


def record(card: Input, addresses: Addresses) -> Node:
    """The record of an entry with those fields of its card that are there."""
    card = {**_MISSING, **card}
    return known(
        {
            "@id": addresses.record(card["entry"]),
            "@type": "dcat:CatalogRecord",
            "inCatalogue": addresses.catalogue,
            "dct:identifier": card["entry"],
            "dcat:version": str(card["revision"] or ""),
            "dct:issued": typed(card["published_at"], "dateTime"),
            "dct:modified": typed(card["revised_at"], "dateTime"),
            "dct:language": [language(code) for code in card["title"]],
            "foaf:primaryTopic": _activity(card, addresses),
        }
    )


def _activity(card: Input, addresses: Addresses) -> Node:
    themes, original = _themes(card, addresses), card["original_language"]
    links = [web_address(link["url"]) for link in card["links"]]
    kind = CLASSES[card["kind"] or "other"]
    return known(
        {
            "@id": addresses.entry(card["entry"]),
            "@type": ["dcat:Resource", kind],
            "listedIn": addresses.catalogue,
            "dct:identifier": card["entry"],
            "dct:title": texts(card["title"]),
            "dct:description": texts(card["description"]),
            "dct:language": [language(code) for code in card["title"]],
            "dct:type": _concept(addresses, "activity_kinds", "kinds", card["kind"]),
            "dct:publisher": _organization(card["organization"], addresses),
            "dct:contributor": [{"@type": "foaf:Agent", "foaf:name": name} for name in card["partners"]],
            "dct:issued": typed(card["published_at"], "dateTime"),
            "dct:modified": typed(card["revised_at"], "dateTime"),
            "dct:spatial": [country(code) for code in card["countries"]]
            + [_region(code, addresses) for code in card["regions"]],
            "schema:areaServed": [_country(code) for code in card["countries"]],
            "dct:temporal": _period(card),
            "schema:additionalProperty": _property("coverage", card["coverage"]),
            "adms:status": _concept(addresses, "activity_statuses", "statuses", card["status"]),
            "dcat:theme": themes,
            # "about" is of works and events, "knowsAbout" of organizations, of which a project is one.
            "schema:knowsAbout" if kind == "schema:Project" else "schema:about": [
                {"@id": each["@id"]} for each in themes
            ],
            "dcat:keyword": [known({"@value": word, "@language": original}) for word in card["keywords"]],
            "foaf:page": [{"@id": link, "@type": "foaf:Document"} for link in dict.fromkeys(links) if link],
            "schema:award": _awards(card["prize"]),
            "dct:license": {"@id": licence(), "@type": "dct:LicenseDocument"} if licence() else None,
        }
    )


def _themes(card: Input, addresses: Addresses) -> list[Node]:
    lines = card["action_lines"]
    found = [addresses.code("action_lines", named["line"]) for named in lines]
    found += [
        addresses.code("action_lines", f"{named['line']}.{code}") for named in lines for code in named["sub_themes"]
    ]
    found += [f"{SDG}{number}" for number in card["sdgs"]] + [f"{SDG}{target}" for target in card["targets"]]
    return [{"@id": each, "@type": "skos:Concept"} for each in found]


def _property(name: str, value: str | None) -> Node | None:
    return {"@type": "schema:PropertyValue", "schema:name": name, "schema:value": value} if value else None


def _organization(organization: Input | None, addresses: Addresses) -> Node | None:
    if organization is None:
        return None
    kind, place = organization["type"], organization["country"]
    types = reference.stakeholder_type(kind).title
    address = web_address(organization["website"]) if organization["website"] else None
    return known(
        {
            "@type": ["foaf:Agent", "schema:Organization"],
            "foaf:name": organization["name"],
            "schema:name": organization["name"],
            "foaf:homepage": {"@id": address, "@type": "foaf:Document"} if address else None,
            "schema:location": _country(place) if place else None,
            "dct:type": {
                "@id": addresses.code("stakeholder_types", kind),
                "@type": "skos:Concept",
                "skos:prefLabel": texts(types),
            },
        }
    )


def _country(code: str) -> Node:
    names = reference.country(code).title
    return {
        "@type": "schema:Country",
        "schema:identifier": code,
        "schema:name": texts({each: names[each] for each in LANGUAGES}),
    }


def _region(code: str, addresses: Addresses) -> Node:
    return {
        "@id": addresses.code("regions", code),
        "@type": ["dct:Location", "skos:Concept"],
        "skos:prefLabel": texts(reference.itu_region(code).title),
    }


def _period(card: Input) -> Node | None:
    start, end = typed(card["start_date"], "date"), typed(card["end_date"], "date")
    if start is None and end is None:
        return None
    return known({"@type": "dct:PeriodOfTime", "dcat:startDate": start, "dcat:endDate": end})


def _concept(addresses: Addresses, scheme: str, group: str, code: str | None) -> Node | None:
    if code is None:
        return None
    labels = {each: title(group, code, each) for each in LANGUAGES}
    return {"@id": addresses.code(scheme, code), "@type": "skos:Concept", "skos:prefLabel": texts(labels)}


def _awards(prize: Input | None) -> list[Node]:
    if not prize:
        return []
    edition = f", {prize['edition']}" if prize.get("edition") else ""
    return texts({each: f"WSIS Prizes{edition}: {title('prizes', prize['status'], each)}" for each in LANGUAGES})
