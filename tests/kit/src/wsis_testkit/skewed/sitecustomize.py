"""Puts the wall clock of a process wrong by SKEW_SECONDS, from its first import on: python imports this by itself where
it is on the path. Its monotonic clock is right, as on a machine with a wrong clock."""

import datetime
import os
import time

_SKEW = float(os.environ["SKEW_SECONDS"])
_time, _time_ns, _datetime = time.time, time.time_ns, datetime.datetime


class _Type(type):
    def __instancecheck__(cls, instance):
        return isinstance(instance, _datetime)

    def __subclasscheck__(cls, subclass):
        return issubclass(subclass, _datetime)


class Skewed(_datetime, metaclass=_Type):
    """Makes datetimes of the ordinary type, which C code and pickles know."""

    def __new__(cls, *arguments, **named):
        return _datetime(*arguments, **named)

    @classmethod
    def now(cls, tz=None):
        return _datetime.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return _datetime.fromtimestamp(time.time(), datetime.UTC).replace(tzinfo=None)


time.time = lambda: _time() + _SKEW
time.time_ns = lambda: _time_ns() + int(_SKEW * 1e9)
datetime.datetime = Skewed
