"""A plugin beside sample, whose service tests stop."""

from wsis_shared.plugin import PUBLIC, Plugin, Route

plugin = Plugin(
    name="annex",
    summary="Stands beside sample",
    service="wsis_sample.annex_service:AnnexService",
    routes=(
        Route("GET", "/v1/annex", "look", "A call that does nothing", permission=PUBLIC),
        Route("GET", "/v1/annex/soon", "look", "The same, for the impatient", permission=PUBLIC, timeout=1.0),
        Route("POST", "/v1/annex", "look", "A write that does nothing", permission=PUBLIC, status=204),
    ),
)
