"""One request for a page: which page, by whom, with which query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from falcon import Request, Response
from marshmallow import ValidationError, fields
from wsis_shared.context import ANONYMOUS, Actor
from wsis_shared.field_options import AnyField

from wsis_gateway.web.addresses import with_query
from wsis_gateway.web.served import ServedPage
from wsis_gateway.web.session import Session

_MAX_QUERY = 50


@dataclass
class Visit:
    """One request for a page."""

    req: Request
    resp: Response
    language: str
    path: str  # below the language
    served: ServedPage
    variables: Mapping[str, str]
    query: Mapping[str, str]
    session: Session = field(default_factory=Session)
    actor: Actor = ANONYMOUS
    mailed_to: str = ""  # the address that a code was just sent to
    complete: bool = True  # are all parts there that could be?
    replies: dict[str, object] = field(default_factory=dict)  # what forms that no page follows were answered, by name

    @property
    def address(self) -> str:
        """The page below the language, with the query that it knows."""
        return f"{self.path}?{urlencode(sorted(self.query.items()))}" if self.query else self.path

    def this_page(self, **changes: object) -> str:
        """This page with other fields in its query; none leaves one out."""
        changed = {**self.query, **changes}
        texts = {name: "" if value is None else str(value) for name, value in changed.items()}
        return with_query(f"/{self.language}{self.path}", **texts)

    def further(self, cursor: str | int | None, **changes: object) -> str:
        """The next page of its list, with the same filters; empty where there is none. What was just done is said
        once."""
        return self.this_page(**{"done": None, **changes, "after": cursor}) if cursor else ""


def query_of(text: str, served: ServedPage) -> dict[str, str]:
    """The query fields that the page knows, each spelled in one way: a copy of the page is kept for each of them. What
    is not acceptable is as if it were not there."""
    try:
        sent = parse_qsl(text, errors="strict", max_num_fields=_MAX_QUERY)
    except ValueError:
        return {}
    pairs: dict[str, str] = {}
    for name, value in sent:  # each box of a list sends one
        several = name in pairs and isinstance(served.known_query.get(name), fields.List)
        pairs[name] = f"{pairs[name]},{value}" if several else value
    spelled = {
        name: _spelled(text, served.known_query[name]) for name, text in pairs.items() if name in served.known_query
    }
    return {name: text for name, text in spelled.items() if text}


def _spelled(text: str, field: AnyField | None) -> str:
    if field is None:
        return text
    if isinstance(field, fields.List):
        return ",".join(code for code in dict.fromkeys(text.split(",")) if _spelled(code, field.inner))
    try:
        loaded = field.deserialize(text)
    except ValidationError:
        return ""
    return str(loaded) if type(loaded) is int else text
