from __future__ import annotations

import sys
from pathlib import Path

import pytest
from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.subjects import declared

LENT = """
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema

LENT = EventType("lent", "A book was lent", ResponseSchema, {})
OF_BOOKS = (LENT,)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with three subjects, which have different modules."""
    texts = {
        "shelves/routes.py": "ROUTES, JOBS = ('list_shelves',), ()",
        "shelves/store.py": "raise ImportError('a manifest loads without the store')",
        "loans/routes.py": "ROUTES = ('list_loans', 'lend')",
        "loans/events.py": LENT,
        "loans/use_cases.py": "raise ImportError('and without use cases')",
        "desks/routes.py": "ROUTE = ('list_desks',)",
        "readers/events.py": "DEPENDS_ON, SELECTS = ('account_erased',), ('all',)",
    }
    for name, text in texts.items():
        path = tmp_path / "library_of_subjects" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        (path.parent / "__init__.py").touch()
    (tmp_path / "library_of_subjects/__init__.py").touch()
    (tmp_path / "library_of_subjects/loans/store/__pycache__").mkdir(parents=True)  # what a move leaves
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "library_of_subjects"]:
        monkeypatch.delitem(sys.modules, name)
    return "library_of_subjects"


def test_subjects_are_added_up_in_their_order(package: str) -> None:
    found = declared(package, "loans", "readers", "shelves", publishes=(ACTION_TAKEN,))
    assert tuple(found["routes"]) == ("list_loans", "lend", "list_shelves")
    assert (tuple(found["jobs"]), [each.type for each in found["publishes"]]) == ((), ["lent", "action_taken"])
    assert (found["depends_on"], found["selects"]) == (("account_erased",), ("all",))
    assert found["use_cases"] == ("library_of_subjects.loans.use_cases:compose",)
    assert found["collections"] == ("library_of_subjects.shelves.store:COLLECTIONS",)


def test_a_service_with_one_subject_has_its_modules_flat(package: str) -> None:
    found = declared(f"{package}.loans")
    assert tuple(found["routes"]) == ("list_loans", "lend")
    assert found["use_cases"] == (f"{package}.loans.use_cases:compose",)


def test_a_subject_goes_with_its_line(package: str) -> None:
    found = declared(package, "shelves")
    assert (tuple(found["routes"]), found["publishes"], found["use_cases"]) == (("list_shelves",), (), ())


def test_a_subject_that_is_not_there_is_an_error(package: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="library_of_subjects.shelvs"):
        declared(package, "shelvs")


def test_a_subject_whose_routes_have_another_name_is_an_error(package: str) -> None:
    with pytest.raises(AttributeError, match="library_of_subjects.desks.routes.*ROUTES"):
        tuple(declared(package, "desks")["routes"])
