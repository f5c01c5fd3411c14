"""The service of annex."""

from wsis_shared.bus import Service, rpc


class AnnexService(Service):
    name = "annex"

    @rpc
    def look(self):
        return {}
