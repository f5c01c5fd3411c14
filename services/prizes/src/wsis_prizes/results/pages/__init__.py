"""What everybody sees of the results, and the desk of their announcement."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Read

from wsis_prizes.editions.pages import EDITION
from wsis_prizes.results.schemas import MAX_CHAMPIONS, AnyWinnerQuery

_EDITION, _DESK = "/v1/editions/{edition}", "/desk/editions/{edition}"


PAGES = (
    Page(
        "/prizes/winners",
        "results/pages/winners.html",
        "all_winners",
        reads=(Read("winners", "/v1/winners", takes_query=True),),
        query=AnyWinnerQuery,
    ),
    Page(
        "/editions/{edition}/results",
        "results/pages/results.html",
        "results",
        reads=(
            EDITION,
            Read(
                "champions",
                f"/v1/editions/{{edition}}/champions?limit={MAX_CHAMPIONS}",
                optional=True,
                takes_query=True,
            ),
            Read("result", "/v1/editions/{edition}/log/result", optional=True),
        ),
        view="wsis_prizes.results.pages.views:results",
    ),
    Page(
        f"{_DESK}/announcement",
        "results/pages/announcement.html",
        "desk_announcement",
        reads=(Read("shown", f"{_EDITION}/announcements"),),
        forms=(
            Form(
                "announce",
                f"POST {_EDITION}/champions/announcement",
                then=f"{_DESK}/announcement?done=champions",
                confirm=True,
            ),
            Form(
                "release", f"POST {_EDITION}/winners/release", then=f"{_DESK}/announcement?done=winners", confirm=True
            ),
        ),
        view="wsis_prizes.results.pages.views:announcement",
    ),
    Page(
        f"{_DESK}/looks",
        "results/pages/looks.html",
        "embargo_looks",
        reads=(Read("looks", f"{_EDITION}/embargo/looks?after={{after}}&limit=100"),),
    ),
)
