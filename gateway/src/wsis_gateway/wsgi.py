"""`wsis_gateway.wsgi:app`. Each worker imports it after gevent has patched the standard library."""

from __future__ import annotations

from gevent import monkey

if not monkey.is_module_patched("socket") or not monkey.is_module_patched("threading"):
    raise RuntimeError(
        "wsis_gateway.wsgi needs gevent's patches: run gunicorn with the gunicorn.conf.py of this package"
    )

from wsis_shared import gc_tuning, log, settings_page, spans

from wsis_gateway import app as gateway
from wsis_gateway.settings import Settings

gc_tuning.pause()
_settings = Settings.load()
log.setup("gateway", _settings.log_level)
settings_page.log_unread(_settings)
spans.start("gateway", _settings.otlp_uri, _settings.gateway_traces)
app = gateway.start(_settings)
gc_tuning.freeze()
