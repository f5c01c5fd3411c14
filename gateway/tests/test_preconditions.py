"""The ETag of a document and If-Match, without a service."""

from __future__ import annotations

import pytest

from wsis_gateway import preconditions
from wsis_gateway.cache import etag_of
from wsis_gateway.problems import HttpError


def test_a_tag_is_of_one_representation_and_of_one_revision() -> None:
    english, french = preconditions.etag(b"Youth", {"revision": 7}), preconditions.etag(b"Jeunesse", {"revision": 7})
    assert english != french
    assert english != preconditions.etag(b"Youth", {"revision": 8})
    assert [preconditions.if_match({"HTTP_IF_MATCH": tag}) for tag in (english, french)] == [[7], [7]]


def test_a_service_of_a_former_version_tells_no_revision() -> None:
    assert preconditions.etag(b"Youth", {"title": "Youth"}) == etag_of(b"Youth")
    assert preconditions.if_match({"HTTP_IF_MATCH": etag_of(b"Youth")}) == []


@pytest.mark.parametrize(
    ("header", "revisions"),
    [
        ('"7-ab_-c"', [7]),
        ('W/"7-abc"', [7]),
        ('"7-abc", "12-d", "other"', [7, 12]),
        ('"7"', []),
        ("7-abc", []),
        ('"-1-abc"', []),
        ('"٧-abc"', []),
        ('"' + "9" * 400 + '-abc"', []),
    ],
)
def test_if_match_names_revisions(header: str, revisions: list[int]) -> None:
    assert preconditions.if_match({"HTTP_IF_MATCH": header}) == revisions


@pytest.mark.parametrize("env", [{}, {"HTTP_IF_MATCH": ""}, {"HTTP_IF_MATCH": "*"}])
def test_who_names_none_has_read_none(env: dict[str, str]) -> None:
    with pytest.raises(HttpError) as refused:
        preconditions.if_match(env)
    assert (refused.value.status, refused.value.code) == (428, "gateway.precondition_required")
