"""A plugin that cannot be served: its path conflicts with a path of sample."""

from wsis_shared.plugin import PUBLIC, Plugin, Route

plugin = Plugin(
    name="unfit",
    summary="Cannot be served",
    service="wsis_sample.service:SampleService",
    routes=(Route("GET", "/v1/notes/{other}", handler="read_note", summary="Clashes", permission=PUBLIC),),
)
