"""The terms of the documents, and how codes and addresses become IRIs.

DCAT 3 with the profile DCAT-AP 3, schema.org and SKOS. The context stands in each document: no reader has to load one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlsplit

from wsis_shared import clock, reference
from wsis_shared.json_types import Input

Node = dict[str, object]

CONTEXT: Node = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "inCatalogue": {"@reverse": "dcat:record", "@type": "@id"},
    "listedIn": {"@reverse": "dcat:resource", "@type": "@id"},
}
SDG = "http://metadata.un.org/sdg/"
AUTHORITY = "http://publications.europa.eu/resource/authority/"
# ISO 639-3 as the EU's table of languages has it.
LANGUAGES = {"en": "ENG", "fr": "FRA", "pt": "POR", "es": "SPA", "zh": "ZHO", "ar": "ARA", "ru": "RUS"}
# Kind of activity -> class of schema.org.
CLASSES = {
    "project": "schema:Project",
    "programme": "schema:Project",
    "training_initiative": "schema:Course",
    "conference": "schema:Event",
    "website": "schema:WebSite",
    "guideline": "schema:Report",
    "toolkit": "schema:CreativeWork",
    "publication": "schema:Report",
    "other": "schema:Thing",
}
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Addresses:
    """IRIs of what this register names. `base` is the address of the suite, without a slash at its end."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.catalogue = f"{base}/v1/entry-catalogue#catalogue"
        self.register = f"{base}/v1/entry-catalogue#register"

    def entry(self, entry: str) -> str:
        """An activity."""
        return f"{self.base}/v1/entries/{quote(entry, safe='')}"

    def record(self, entry: str) -> str:
        """What the register says of an activity."""
        return f"{self.entry(entry)}#record"

    def scheme(self, name: str) -> str:
        """A set of codes."""
        return f"{self.base}/v1/reference/{name}"

    def code(self, scheme: str, code: str) -> str:
        """A code of a set."""
        return f"{self.scheme(scheme)}#{quote(code, safe='')}"


def web_address(text: str) -> str | None:
    """An address of the web as an IRI; None where it is none. Characters that no IRI may have are escaped."""
    escaped = quote(_STRAY_PERCENT.sub("%25", text), safe="%:/?#@!$&'()*+,;=~")
    first, _, fragment = escaped.partition("#")
    escaped = first + (f"#{fragment.replace('#', '%23')}" if fragment else "")
    try:
        parts = urlsplit(escaped)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and "%" not in (parts.hostname or "")
    except ValueError:
        return None
    return escaped if known else None


def texts(by_language: Mapping[str, str]) -> list[Node]:
    """A text in each of its languages."""
    return [{"@value": text, "@language": language} for language, text in by_language.items() if text]


def typed(value: str | int | datetime | None, kind: str) -> Node | None:
    """A literal of an XML Schema type, "date" or "dateTime"; None of nothing."""
    if value is None:
        return None
    return {"@value": clock.iso(value) if isinstance(value, datetime) else str(value), "@type": f"xsd:{kind}"}


def language(code: str) -> Node:
    """A language of the suite."""
    return {"@id": f"{AUTHORITY}language/{LANGUAGES[code]}", "@type": "dct:LinguisticSystem"}


def country(code: str) -> Node:
    """A country as a place."""
    return {"@id": f"{AUTHORITY}country/{reference.country(code).alpha_3}", "@type": "dct:Location"}


def known(node: Input) -> Node:
    """The node without what is empty."""
    return {name: value for name, value in node.items() if value not in (None, [], {}, "")}
