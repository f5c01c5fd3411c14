"""The officers' list of projects, and each with its evidence, its decision and its clarification."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_LIST, _PROJECTS = "/desk/editions/{edition}/projects", "/v1/editions/{edition}/projects"
_HERE, _PROJECT = f"{_LIST}/{{project}}", "/v1/projects/{project}"


_WINNERS = "/desk/editions/{edition}/past-winners"
PAGES = (
    Page(
        _WINNERS,
        "eligibility/pages/past-winners.html",
        "past_winners",
        reads=(Read("winners", "/v1/editions/{edition}/past-winners?after={after}&limit=50"),),
        forms=(Form("add", "POST /v1/editions/{edition}/past-winners", then=f"{_WINNERS}?done=added"),),
        permission="prizes:manage",
    ),
    Page(
        _LIST,
        "eligibility/pages/list.html",
        "desk_projects",
        reads=(Read("projects", _PROJECTS, takes_query=True),),
        files=tuple(Download(each, f"{_PROJECTS}?format={each}", takes_query=True) for each in ("csv", "xlsx")),
        view="wsis_prizes.eligibility.pages.views:listed",
    ),
    Page(
        _HERE,
        "eligibility/pages/project.html",
        "desk_project",
        reads=(
            Read("found", _PROJECT),
            Read("eligibility", f"{_PROJECT}/eligibility"),
            Read("form_data", "/v1/editions/{edition}/form"),
            Read("reviews", "/v1/editions/{edition}/reviews?project={project}&limit=100", optional=True),
        ),
        forms=(
            Form("decide", f"PUT {_PROJECT}/eligibility", then=f"{_LIST}?waits=eligibility&done=decided"),
            Form("ask", f"POST {_PROJECT}/clarification-request", then=f"{_HERE}?done=asked", confirm=True),
            Form("disqualify", f"POST {_PROJECT}/disqualification", then=f"{_HERE}?done=disqualified", confirm=True),
            Form("remove_image", f"POST {_PROJECT}/image/removal", then=f"{_HERE}?done=image_removed", confirm=True),
        ),
        files=(Download("image", f"{_PROJECT}/image?size=large"),),
        view="wsis_prizes.eligibility.pages.views:project",
    ),
)
