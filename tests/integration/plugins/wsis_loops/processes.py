import asyncio
import sys
import threading
from dataclasses import MISSING, dataclass

from wsis_shared import mongo, settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Strict(settings.Settings):
    """Lacks a default."""

    loops_wanted: str = setting(MISSING, "Must be set")


def _note(what):
    mongo.database("loops")["notes"].insert_one({"what": what, "patched": "eventlet" in sys.modules})


async def on_loop(stop):
    assert asyncio.get_running_loop()
    _note("asyncio started")
    await stop.wait()
    _note("asyncio stopped")


def on_threads(stop):
    assert isinstance(stop, threading.Event)
    _note("threads started")
    stop.wait()
    _note("threads stopped")


def ends(stop):
    pass


def fails(stop):
    raise RuntimeError("mongodb://user:hunter2@host/")
