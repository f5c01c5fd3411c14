"""The review of fraud: clusters to decide on, each with its signs and its members. No project is named anywhere."""

from __future__ import annotations

from marshmallow import Schema
from wsis_shared.pages import Form, Page, Read
from wsis_shared.schemas import Id

_REVIEW = "/v1/editions/{edition}/review"
_CLUSTER = f"{_REVIEW}/clusters/{{cluster}}"
_LIST, _ONE = "/desk/editions/{edition}/clusters", "/desk/editions/{edition}/clusters/{cluster}"
_SUMMARY = Read("summary", f"{_REVIEW}/summary")
_VOTING = Read("voting", "/v1/editions/{edition}/voting")


class ClusterQuery(Schema):
    """Which member is decided on."""

    account = Id()


PAGES = (
    Page(
        _LIST,
        "review/pages/clusters.html",
        "desk_clusters",
        reads=(
            _SUMMARY,
            _VOTING,
            Read("clusters", f"{_REVIEW}/clusters", takes_query=True),
            Read("job", "/v1/jobs/{job}", optional=True),
        ),
        forms=(Form("look", f"POST {_REVIEW}/look", then=f"{_LIST}?job={{id}}"),),
        view="wsis_voting.review.pages.views:clusters",
    ),
    Page(
        _ONE,
        "review/pages/cluster.html",
        "desk_cluster",
        reads=(
            Read("shown", _CLUSTER),
            Read("accounts", f"{_CLUSTER}/accounts?after={{after}}&limit=50"),
            _SUMMARY,
            _VOTING,
        ),
        forms=(
            Form("decide", f"PUT {_CLUSTER}/decision", then=f"{_LIST}?job={{id}}", confirm=True),
            Form(
                "decide_account",
                f"PUT {_REVIEW}/accounts/{{account}}/decision",
                then=f"{_ONE}?done=account",
                confirm=True,
            ),
        ),
        query=ClusterQuery,
        view="wsis_voting.review.pages.views:cluster",
    ),
)
