"""A result that is JSON already: it goes to the client as it is."""

from __future__ import annotations


class JsonText(bytes):
    """JSON in UTF-8 that a handler returns in place of a value. The bus sends it as a message of its own, the gateway
    as its response, neither parsed nor checked: it holds nothing else than the schema of the response says. For reads
    alone: responses of writes are stored. Another caller than the gateway gets the value.
    """
