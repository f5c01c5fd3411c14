"""`wsis_gateway.wsgi:app`, imported in each worker after gevent has patched the standard library."""

from __future__ import annotations

from gevent import monkey

if not monkey.is_module_patched("socket") or not monkey.is_module_patched("threading"):
    raise RuntimeError(
        "serve wsis_gateway.wsgi:app by `gunicorn -c` with the gunicorn.conf.py of wsis_gateway: it needs gevent's patches"
    )

from wsis_shared import log  # noqa: E402 -- kombu must find the sockets patched

from wsis_gateway import app as gateway  # noqa: E402
from wsis_gateway.settings import Settings  # noqa: E402

_settings = Settings.load()
log.setup("gateway", _settings.log_level)
app = gateway.start(_settings)
