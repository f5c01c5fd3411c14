"""Where submitters write their projects, submit them, answer the one question and withdraw."""

from __future__ import annotations

from wsis_shared.pages import Form, Page, Panel, Read

from wsis_prizes.editions.pages import EDITION

_HERE = "/me/projects/{project}"
_PROJECT = "/v1/projects/{project}"
_VIEWS = "wsis_prizes.projects.pages.views"


PAGES = (
    Page(
        "/editions/{edition}/projects/new",
        "projects/pages/new.html",
        "own_new",
        reads=(EDITION,),
        forms=(Form("new", "POST /v1/editions/{edition}/projects", then="/me/projects/{id}?done=begun"),),
        view=f"{_VIEWS}:new",
        signed_in=True,
        permission="prizes:submit",
    ),
    Page(
        "/me/projects",
        "projects/pages/own_list.html",
        "own_projects",
        reads=(Read("projects", "/v1/me/projects?after={after}"), Read("editions", "/v1/editions")),
        menu="me:20",
    ),
    Page(
        _HERE,
        "projects/pages/own.html",
        "own_project",
        reads=(
            Read("own", "/v1/me/projects/{project}"),
            Read("edition", "/v1/editions/{own.edition}"),
            Read("questions", "/v1/editions/{own.edition}/form"),
        ),
        forms=(
            Form("save", f"PATCH {_PROJECT}", then=f"{_HERE}?done=saved"),
            Form("submit", f"POST {_PROJECT}/submission", then=f"{_HERE}?done=submitted", confirm=True),
            Form("answer", f"POST {_PROJECT}/clarification", then=f"{_HERE}?done=answered", confirm=True),
            Form("withdraw", f"POST {_PROJECT}/withdrawal", then=f"{_HERE}?done=withdrawn", confirm=True),
        ),
        view=f"{_VIEWS}:own",
    ),
)

PANELS = (
    Panel(
        "me",
        20,
        "projects/pages/me.html",
        reads=(Read("projects", "/v1/me/projects?limit=5"), Read("editions", "/v1/editions")),
        permission="prizes:submit",
    ),
)
