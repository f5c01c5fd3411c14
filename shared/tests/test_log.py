"""A line of the log is one JSON object, and says neither secrets nor who it was."""

import json
import logging
import sys

import pytest
from wsis_shared import context, log
from wsis_testkit import actor, make_context


@pytest.fixture
def line(capsys):
    """`line(message, **extra)`: what is written for it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level

    def write(message, *values, exc_info=None, stack_info=False, **extra):
        log.setup("sample")
        logging.getLogger("sample").warning(message, *values, exc_info=exc_info, stack_info=stack_info, extra=extra)
        [written] = capsys.readouterr().err.splitlines()
        return json.loads(written)

    yield write
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_has_its_event_what_it_adds_and_when_and_where_it_was(line):
    written = line("served %s", "Zürich\n", seconds=3)
    assert written.pop("timestamp")[-1] == "Z"
    assert written == {"event": "served Zürich\n", "seconds": 3, "level": "warning", "service": "sample"}


def test_a_secret_is_masked_and_what_is_no_json_is_described(line):
    written = line("served", email="someone@example.org", token="t", kind=pytest)
    assert (written["email"], written["token"], written["kind"]) == ("***", "***", repr(pytest))


def test_a_line_of_a_request_has_its_ids_and_one_that_names_a_person_no_trace(line):
    ctx = make_context(actor())
    with context.use(ctx):
        served, named = line("served"), line("served", account="ada")
    assert (served["request_id"], named["request_id"]) == (ctx.request_id, ctx.request_id)
    assert (served["trace_id"] in ctx.traceparent, named["trace_id"]) == (True, "")
    assert served["trace_id"]
    assert "request_id" not in line("served")


def test_an_exception_is_in_its_line(line):
    try:
        raise KeyError("x")
    except KeyError:
        written = line("failed", exc_info=sys.exc_info())
    assert written["exception"].endswith("KeyError: 'x'")


def test_what_a_line_says_itself_is_replaced_by_no_extra(line):
    written = line("served", event="other", level="debug", service="x")
    assert (written["event"], written["level"], written["service"]) == ("served", "warning", "sample")


class Mute:
    """Cannot say what it is."""

    def __repr__(self):
        raise LookupError


RING = []
RING.append(RING)


@pytest.mark.parametrize(
    ("value", "said"),
    [({("a", 1): 2}, "{('a', 1): 2}"), ([{b"k": 1}], "[{b'k': 1}]"), (RING, "[[...]]"), (Mute(), "<Mute>")],
)
def test_a_value_that_json_cannot_have_is_described_and_the_rest_stays_masked(line, value, said):
    written = line("served", of=value, token="secret", kinds={"a": 1})
    assert (written["event"], written["of"]) == ("served", said)
    assert (written["token"], written["kinds"]) == ("***", {"a": 1})


def test_a_message_with_wrong_arguments_says_none_of_them(line):
    assert line("mailed %s to %s", "someone@example.org", token="secret")["event"] == "mailed %s to %s"


def test_a_stack_is_in_its_line(line):
    assert "test_a_stack_is_in_its_line" in line("where", stack_info=True)["stack"]
