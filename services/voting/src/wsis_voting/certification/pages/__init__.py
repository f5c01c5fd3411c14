"""The certification: what it waits for, the request of an officer, and a recount. Nothing here tells a figure of the
count before it is certified, and by project never: that is a file, of which each look is in the audit."""

from __future__ import annotations

from wsis_shared.pages import Download, Form, Page, Read

_TALLY, _HERE = "/v1/editions/{edition}/tally", "/desk/editions/{edition}/certification"


PAGES = (
    Page(
        _HERE,
        "certification/pages/certification.html",
        "desk_certification",
        reads=(
            Read("certification", f"{_TALLY}/certification"),
            Read("voting", "/v1/editions/{edition}/voting"),
            Read("job", "/v1/jobs/{job}", optional=True),
            Read("letters", "/v1/dead-letters?service=voting&limit=1", optional=True),  # operators may open them
        ),
        forms=(
            Form("certify", f"POST {_TALLY}/certification", then=f"{_HERE}?done=asked", confirm=True),
            Form("recount", f"POST {_TALLY}/recount", then=f"{_HERE}?job={{id}}"),
        ),
        files=(Download("tally", _TALLY),),
        view="wsis_voting.certification.pages.views:certification",
    ),
)
