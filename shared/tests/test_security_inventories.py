"""Inventories of security: what only a person can say is asked for, with the file to edit; the rest follows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from marshmallow import fields
from wsis_shared.collection_specs import CollectionSpec, expires
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Plugin, Route
from wsis_shared.roles import Role
from wsis_shared.schemas import ResponseSchema
from wsis_shared.security import Installed, Part, installed, pages
from wsis_shared.settings import Settings as BaseSettings
from wsis_shared.settings import setting


class Book(ResponseSchema):
    """A book as everybody reads it."""

    title = fields.String()


class BookForStaff(Book):
    """The same with who has it."""

    reader = fields.String()


@dataclass(frozen=True)
class Settings(BaseSettings):
    """Of the library."""

    library_loans: int = setting(5, "Loans of an account")
    library_key: str = setting("", "Password of the catalogue", secret=True)
    library_uri: str = setting("", "The catalogue")


COLLECTIONS = (CollectionSpec("books"), CollectionSpec("loans", indexes=(expires("ends_at", 7200),)))
ROUTES = (
    Route("GET", "/v1/books", handler="list_books", summary="Books", permission=PUBLIC, response=Book),
    Route("POST", "/v1/wishes", handler="wish", summary="Wish", permission=PUBLIC),
    Route(
        "GET",
        "/v1/all-books",
        handler="list_all",
        summary="All",
        permission="library:read",
        response=BookForStaff,
        limit="heavy",
    ),
)
PLUGIN = Plugin(
    "library",
    "Books",
    f"{__name__}:Service",
    routes=ROUTES,
    roles=(Role("officer"),),
    grants={"officer": ("library:read",)},
    collections=f"{__name__}:COLLECTIONS",
    settings=f"{__name__}:Settings",
    jobs=(JobKind("count_books", "Counts the books", permission="library:read", cancellable=False),),
)
CODE = {
    "errors.py": 'def too_many_loans():\n    return Conflict("library.too_many_loans", "No more.")\n',
    "reading.py": 'import socket\nimport subprocess\n\nraise Forbidden("library.closed", "Closed.")\n',
    "sealing.py": 'from nacl import secret\n_FOR = "library cards"\nseal = keys.digest(_FOR, "x")\n',
    "wishing.py": "validates_schema = id\n\n\nclass Wish:\n    @validates_schema\n    def check(self):\n        pass\n",
    "wrapping.py": 'def key(purpose):\n    return keys.derive(f"library {purpose}")\n\n\nmade = key("shelf")\n',
    "writing.py": '_log.info("book lent", extra={"book": 1})\n',
}
STATEMENTS = """
public_writes:
  - {what: asks for a book, routes: [POST /v1/wishes]}
permissions: {library:read: all books}
inputs:
  - {what: wish, rule: a title or an author, where: [wsis_library.wishing:Wish]}
resources:
  book:
    responses: [Book, BookForStaff]
    read:
      - {fields: [reader], who: staff while it is out}
limits:
  - {what: loans of an account, source: WSIS_LIBRARY_LOANS, refusal: library.too_many_loans}
collections:
  books: {level: internal}
  loans: {level: personal, erasure: expires, ends: 'nothing: it is back'}
erasure: {expires: two hours}
keys:
  - {key: '`WSIS_LIBRARY_KEY`', algorithm: password, kept: here, has: the library, for: the catalogue, life: a year}
purposes: {library cards: numbers of cards, library shelf: shelves}
connections:
  - {from: library, to: catalogue, protocol: HTTP, at: '`WSIS_LIBRARY_URI`: `library/reading.py`'}
jobs: {count_books: half a count is none}
heavy_requests: {GET /v1/all-books: reads all}
child_processes:
  library/reading.py: {does: reads, limits: 1 s}
security_events:
  - {events: [library.closed], what: somebody came too late}
  - {events: [book lent], what: somebody took a book}
"""
ASKED = [
    "ways_in: POST /v1/wishes: what does it prove?",
    "inputs: wsis_library.wishing:Wish: which fields belong together?",
    "Book: to responses of which resource",
    "BookForStaff: to responses of which resource",
    "permissions: library:read: for which data?",
    "limits: library.too_many_loans: what is limited",
    "collections: books: level: one of",
    "collections: loans: level: one of",
    "collections: loans: ends: what does it mean",
    "purposes: library cards: what does this key protect?",
    "purposes: library shelf: what does this key protect?",
    "keys: WSIS_LIBRARY_KEY: which key or password",
    "connections: WSIS_LIBRARY_URI: who speaks with whom",
    "connections: library/reading.py: who speaks with whom",
    "jobs: count_books: why must it not end halfway?",
    "heavy_requests: GET /v1/all-books: what costs?",
    "child_processes: library/reading.py: what does it do",
    "security_events: library.closed: what happened then?",
]
# What no statement allows: the suite does not use this library.
FORBIDDEN = "algorithms: nacl.secret: shared allows no such algorithm, which library/sealing.py uses"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    package = tmp_path / "wsis_library"
    package.mkdir()
    for name, text in CODE.items():
        (package / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    return package


def library(folder: Path, statements: str) -> tuple[Part, Installed]:
    (folder / "security.yaml").write_text(statements)
    part = Part("library", folder, folder, PLUGIN)
    suite = installed(())
    return part, replace(suite, parts=(*suite.parts, part), plugins=(PLUGIN,))


def missing(folder: Path, statements: str) -> list[str]:
    """What is missing, without the name of the file, which stands before each."""
    said = list(pages.problems(*library(folder, statements)))
    assert [line for line in said if not line.startswith(f"{folder}/security.yaml: ")] == []
    return [line.removeprefix(f"{folder}/security.yaml: ") for line in said]


def test_all_that_no_code_says_is_asked_for(folder: Path) -> None:
    said = missing(folder, "{}")
    assert [asked for asked in ASKED if not any(asked in line for line in said)] == []
    assert len(said) == len([*ASKED, FORBIDDEN])


def test_what_is_said_is_enough(folder: Path) -> None:
    assert missing(folder, STATEMENTS) == [FORBIDDEN]


def test_a_field_that_only_some_read_is_named(folder: Path) -> None:
    said = missing(folder, STATEMENTS.replace("fields: [reader]", "fields: [title], where: [no.module:there]"))
    assert "resources: book: read: reader: not everybody has it, but officer: name it in `fields`" in said
    assert "resources: book: read: where: no.module:there does not exist" in said


@pytest.mark.parametrize(
    ("said", "instead", "problem"),
    [
        ("books: {", "shelves: {", "collections: no collection is called shelves"),
        ("erasure: expires", "erasure: forgets", "collections: loans: erasure: one of"),
        ("level: internal", "level: internal, erasure: deletes", "collections: books: erasure: what is internal"),
        ("level: internal", "level: secret", "collections: books: ends: how does the secret end?"),
        ("WSIS_LIBRARY_LOANS", "WSIS_LIBRARY_BOOKS", "limits: loans of an account: WSIS_LIBRARY_BOOKS has no number"),
        ("fields: [reader]", "fields: [reader, title]", "not the same people have all of them"),
        ("[book lent]", "[book sold]", "security_events: book sold: nothing writes it"),
        ("purposes:", "purpose:", "purpose: no section has this name"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, said: str, instead: str, problem: str) -> None:
    assert any(problem in line for line in missing(folder, STATEMENTS.replace(said, instead, 1)))


def test_the_page_has_what_is_said_and_what_follows(folder: Path) -> None:
    page = pages.write(*library(folder, STATEMENTS))
    rows: list[Any] = [
        "| `library:read` | officer | all books |",
        "| book | `reader` | officer | staff while it is out |",
        "| loans of an account | 5 | `library.too_many_loans` | `WSIS_LIBRARY_LOANS` |",
        "| `loans` | personal | 2 hours after `ends_at` | nothing: it is back |",
        "| `library shelf` | shelves |",
        "| `count_books` | Counts the books | half a count is none |",
        "Fields of lines: `book`.",
    ]
    assert [row for row in rows if row not in page] == []


@pytest.mark.parametrize(
    ("said", "instead", "asked"),
    [
        ("has: the library, ", "", "keys: `WSIS_LIBRARY_KEY`: has: nothing is said"),
        ("'`WSIS_LIBRARY_KEY`'", "'`WSIS_LIBRARY_KEY_OLD`'", "keys: WSIS_LIBRARY_KEY: which key or password"),
        ("{does: reads, limits: 1 s}", "{does: reads}", "child_processes: library/reading.py: what does it do"),
        ("library:read: all books", "library:read: ''", "permissions: library:read: nothing is said"),
    ],
)
def test_an_empty_answer_is_none(folder: Path, said: str, instead: str, asked: str) -> None:
    assert STATEMENTS.count(said) == 1
    assert any(asked in line for line in missing(folder, STATEMENTS.replace(said, instead)))


def test_what_everybody_reads_is_on_the_page(folder: Path) -> None:
    page = pages.write(*library(folder, STATEMENTS))
    assert "| book | `title` |" in page


def test_a_refusal_of_the_gateway_is_one_of_its_errors() -> None:
    suite = installed(())
    gateway = suite.part("gateway")
    limit = {"what": "visits", "source": "a test", "at_most": 1, "refusal": "gateway.too_many_visits"}
    other = Part("gateway", gateway.sources, gateway.folder)
    vars(other)["statements"] = {**gateway.statements, "limits": [*gateway.of("limits"), limit]}
    assert [problem for problem in pages.problems(other, suite) if "too_many_visits" in problem]
