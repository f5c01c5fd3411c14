"""What the OpenAPI document promises, tried with made-up requests (Schemathesis): no failure of ours, and answers with
the statuses, media types, headers and schemas that are documented."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext, suppress
from itertools import product
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from wsis_local.patience import factor

from wsis_demo.client import Person

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# Shares of the requests. Without a token most are refused before anything else is looked at.
SHARES = {"visitor": 0.2, "member": 0.4, "officer": 0.4}
# Where there are too few requests for each to ask everything: who asks, in turn, and how many routes share an invalid
# request beside their valid one. Those take longest to make, and test_malformed has others for each route.
DEALT = ("visitor", "member", "officer", "member", "officer")
EACH_INVALID = 4
LEFT_OUT = {
    "delete_v1_me": "the account that asks would be gone, and every later answer a refusal",
    "post_v1_sign_out": "the session that asks would be over, with no new token to go on with",
    "post_v1_sign_out_everywhere": "same",
}


@pytest.fixture(scope="module")
def askers(people: Any, visitor: Person) -> dict[str, Person]:
    """Who asks."""
    return {"visitor": visitor, "member": people.member(), "officer": people.with_role("officer", "juror", "operator")}


@pytest.fixture(scope="module")
def described(openapi: dict[str, Any], visitor: Person) -> Any:
    """The document as Schemathesis reads it."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    schema = schemathesis.openapi.from_dict(openapi)
    schema.config.update(base_url=visitor.suite.address)
    return schema


@pytest.mark.parametrize("asker", list(SHARES))
def test_answers_are_as_documented(
    asker: str,
    described: Any,
    known: dict[str, str],
    askers: dict[str, Person],
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
):
    operations = [found for each in described.get_all_operations() if (found := each.ok()) and not _left_out(found)]
    assert len(operations) > 100
    cases = list(product(operations, (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)))
    calls = pytestconfig.getoption("--calls")
    examples = max(1, round(calls * SHARES[asker] / len(cases)))
    if calls < len(cases) * len(SHARES):
        some = [
            *((one, GenerationMode.POSITIVE) for one in operations),
            *((one, GenerationMode.NEGATIVE) for one in operations[::EACH_INVALID]),
        ]
        cases = [case for number, case in enumerate(some) if DEALT[number % len(DEALT)] == asker]
    wrong: list[str] = []
    statuses: Counter[int] = Counter()
    for operation, mode in cases:
        ids = known if mode is GenerationMode.POSITIVE else {}
        try:
            # Unsatisfiable: an operation that takes nothing has nothing that could be wrong.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                _tried(operation, mode, examples, ids, askers[asker], statuses)()
        except (Exception, FailureGroup) as error:  # noqa: BLE001 -- all operations are tried before any is complained of
            wrong.append(f"{operation.label} ({mode.value}): {type(error).__name__} {str(error)[:600]}")
    record_property("asker", asker)
    record_property("requests", statuses.total())
    record_property("5xx", sum(count for status, count in statuses.items() if status >= 500))
    record_property("violations", len(wrong))
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n\n".join(wrong)


def _left_out(operation: Any) -> bool:
    return operation.definition.raw["operationId"] in LEFT_OUT


def _tried(
    operation: Any, mode: GenerationMode, examples: int, known: dict[str, str], who: Person, statuses: Counter[int]
) -> Callable[[], None]:
    names = {parameter.name for parameter in operation.path_parameters}
    fixed = {name: value for name, value in known.items() if name in names}

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode, path_parameters=fixed or None))
    def ask(case: Any) -> None:
        headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
        answer = case.call(headers=headers, timeout=30 * factor())
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    return ask
