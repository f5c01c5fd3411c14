"""Arguments from callers of another version: unknown ones are dropped, missing ones are an error that names them."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from wsis_shared.errors import Invalid
from wsis_shared.metrics import UNKNOWN_ARGUMENTS

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parameters:
    """What a method takes: the `names`, those that are `required`, and whether it takes any other (`**filters`)."""

    names: frozenset[str]
    required: frozenset[str]
    open: bool = False

    @classmethod
    def of(cls, method: Callable[..., object]) -> Parameters:
        """The keyword parameters of a method, without `self`."""
        _, *parameters = inspect.signature(method).parameters.values()
        named = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
        required = {parameter.name for parameter in named if parameter.default is parameter.empty}
        return cls(
            frozenset(parameter.name for parameter in named), frozenset(required), open=len(named) < len(parameters)
        )

    def select(self, service: str, handler: str, arguments: Mapping[str, object]) -> dict[str, object]:
        """The arguments that the method takes. A newer caller may send others: they are dropped, counted, and logged
        once per name. Raises Invalid (`suite.argument_missing`) with each required one that an older caller omits."""
        if missing := self.required - arguments.keys():
            raise Invalid(
                "suite.argument_missing",
                f"{service}.{handler} needs {', '.join(sorted(missing))}.",
                fields={name: ["Missing data for required field."] for name in sorted(missing)},
            )
        if self.open or arguments.keys() <= self.names:
            return dict(arguments)
        for name in arguments.keys() - self.names:
            UNKNOWN_ARGUMENTS.labels(service, handler).inc()
            _log_once(service, handler, name)
        return {name: value for name, value in arguments.items() if name in self.names}


@lru_cache(maxsize=1000)
def _log_once(service: str, handler: str, name: str) -> None:
    _log.warning("unknown argument dropped", extra={"service": service, "handler": handler, "argument": name[:64]})
