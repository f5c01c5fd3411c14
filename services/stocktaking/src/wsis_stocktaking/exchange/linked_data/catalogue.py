"""The register as a catalogue: who publishes it, in which files, and the codes that its entries name."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared import reference
from wsis_shared.json_types import Input
from wsis_shared.reference import Titles
from wsis_shared.sentences import Sentences

from wsis_stocktaking.exchange.linked_data.conditions import contact, rights
from wsis_stocktaking.exchange.linked_data.vocabulary import (
    AUTHORITY,
    LANGUAGES,
    SDG,
    Addresses,
    Node,
    known,
    language,
    texts,
    typed,
)
from wsis_stocktaking.exchange.rules import FORMATS as ENDINGS
from wsis_stocktaking.exchange.rules import is_packed

SAY = Sentences("wsis_stocktaking", "exchange")
PUBLISHER = {
    "@id": "https://www.itu.int",
    "@type": ["foaf:Agent", "schema:Organization"],
    "foaf:name": "International Telecommunication Union",
}
# Format of an export -> its media type.
FORMATS = {
    "jsonld": "application/ld+json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "jsonl": "application/jsonl",
    "json-array": "application/json",
}
_EARTH = "https://sws.geonames.org/6295630/"
_FREQUENCY = f"{AUTHORITY}frequency/CONT"


def catalogue(addresses: Addresses, modified: str) -> Node:
    """The catalogue without its records. `modified` is a moment of UTC as text."""
    return {
        "@id": addresses.catalogue,
        "@type": "dcat:Catalog",
        "dct:title": texts(SAY.all("register_title")),
        "dct:description": texts(SAY.all("register_description")),
        "dct:publisher": PUBLISHER,
        "dct:language": [language(code) for code in LANGUAGES],
        "foaf:homepage": {"@id": f"{addresses.base}/", "@type": "foaf:Document"},
        "dct:modified": typed(modified, "dateTime"),
        "dcat:themeTaxonomy": [
            {
                "@id": addresses.scheme("action_lines"),
                "@type": "skos:ConceptScheme",
                "dct:title": texts(SAY.all("action_lines")),
            },
            {"@id": SDG.rstrip("/"), "@type": "skos:ConceptScheme", "dct:title": texts(SAY.all("goals"))},
        ],
        "dcat:dataset": {"@id": addresses.register},
        **rights(),
    }


def register(addresses: Addresses, modified: str, snapshots: Iterable[Input] = ()) -> Node:
    """The register as a dataset with a distribution for each format, and for each file of a snapshot: {"id", "format",
    "media_type", "size" in bytes, "sha256", "taken_at"}."""
    return {
        "@id": addresses.register,
        "@type": "dcat:Dataset",
        "dct:title": texts(SAY.all("register_title")),
        "dct:description": texts(SAY.all("register_description")),
        "dct:publisher": PUBLISHER,
        "dct:language": [language(code) for code in LANGUAGES],
        "dct:modified": typed(modified, "dateTime"),
        "dct:accrualPeriodicity": {"@id": _FREQUENCY, "@type": "dct:Frequency"},
        "dct:spatial": {"@id": _EARTH, "@type": "dct:Location"},
        "dcat:contactPoint": contact(addresses, str(PUBLISHER["foaf:name"])),
        **rights(),
        "dcat:distribution": [
            *(_export(addresses, name) for name in FORMATS),
            *(_file(addresses, each) for each in snapshots),
        ],
    }


def _export(addresses: Addresses, name: str) -> Node:
    url = f"{addresses.base}/v1/entries?format={name}"
    return {
        "@id": f"{addresses.register}-{name}",
        "@type": "dcat:Distribution",
        "dct:title": texts({each: SAY("export_title", each, format=name) for each in LANGUAGES}),
        "dcat:accessURL": _resource(f"{addresses.base}/v1/entries"),
        "dcat:downloadURL": _resource(url),
        "dcat:mediaType": _media_type(FORMATS[name]),
        **rights(),
    }


def _file(addresses: Addresses, file: Input) -> Node:
    packed = {"dcat:compressFormat": _media_type("application/gzip")} if is_packed(file["format"]) else {}
    url = f"{addresses.base}/v1/entry-snapshots/{file['id']}/file?format={file['format']}"
    return {
        "@id": url,
        "@type": "dcat:Distribution",
        "dct:title": texts(
            {
                each: SAY("snapshot_title", each, format=ENDINGS[file["format"]], day=file["taken_at"][:10])
                for each in LANGUAGES
            }
        ),
        "dcat:accessURL": _resource(f"{addresses.base}/v1/entry-snapshots"),
        "dcat:downloadURL": _resource(url),
        "dcat:mediaType": _media_type(FORMATS[file["format"]]),
        **packed,
        "dcat:byteSize": typed(file["size"], "nonNegativeInteger"),
        "dct:issued": typed(file["taken_at"], "dateTime"),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": typed(file["sha256"], "hexBinary"),
        },
        **rights(),
    }


def _resource(url: str) -> Node:
    return {"@id": url, "@type": "rdfs:Resource"}


def _media_type(name: str) -> Node:
    return {"@id": f"https://www.iana.org/assignments/media-types/{name}", "@type": "dct:MediaType"}


def action_lines(addresses: Addresses) -> list[Node]:
    """The action lines with their sub-themes as concepts of a scheme."""
    scheme = addresses.scheme("action_lines")

    def concept(code: str, title: Titles, broader: str | None) -> Node:
        return known(
            {
                "@id": addresses.code("action_lines", code),
                "@type": "skos:Concept",
                "skos:inScheme": {"@id": scheme},
                "skos:notation": code,
                "skos:prefLabel": texts(title),
                "skos:topConceptOf": {"@id": scheme} if broader is None else None,
                "skos:broader": {"@id": addresses.code("action_lines", broader)} if broader else None,
            }
        )

    lines = reference.action_lines()
    parents = [reference.parent_line(code) for code in dict.fromkeys(line.parent for line in lines) if code]
    return [
        *(concept(parent.code, parent.title, None) for parent in parents),
        *(concept(line.code, line.title, line.parent) for line in lines),
        *(concept(f"{line.code}.{theme.code}", theme.title, line.code) for line in lines for theme in line.sub_themes),
    ]


def goals() -> list[Node]:
    """The Sustainable Development Goals, by the IRIs of the United Nations."""
    scheme = {"@id": SDG.rstrip("/")}
    return [
        {
            "@id": f"{SDG}{goal.number}",
            "@type": "skos:Concept",
            "skos:inScheme": scheme,
            "skos:topConceptOf": scheme,
            "skos:notation": str(goal.number),
            "skos:prefLabel": texts(goal.title),
        }
        for goal in reference.sdgs()
    ]
