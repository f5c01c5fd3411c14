"""Puts the wall clock of a process wrong by SKEW_SECONDS, from its first import on: python imports this by itself where
it is on the path. Its monotonic clock is right, as on a machine with a wrong clock."""

from __future__ import annotations

import datetime
import os
import time
from datetime import datetime as real
from typing import Any

_SKEW = float(os.environ["SKEW_SECONDS"])
_time, _time_ns = time.time, time.time_ns


class _Type(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, real)


class Skewed(real, metaclass=_Type):
    """Makes datetimes of the ordinary type, which C code and pickles know."""

    def __new__(cls, *arguments: Any, **named: Any) -> Any:
        return real(*arguments, **named)

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Any:
        return real.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return real.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)


time.time = lambda: _time() + _SKEW
time.time_ns = lambda: _time_ns() + int(_SKEW * 1e9)
setattr(datetime, "datetime", Skewed)  # noqa: B010 -- a type is no variable
