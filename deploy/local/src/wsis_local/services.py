"""The programs of the services and of their further processes, from the manifests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from wsis_local.ports import LOOPBACK, CannotStart, process_ports
from wsis_local.supervise import Program
from wsis_shared.cli import command
from wsis_shared.plugin import Plugin, discover
from wsis_shared.settings import Suite
from wsis_shared.stopping import SPARE_SECONDS

# What processes of the local stack need beside their addresses; the environment wins.
DEFAULTS = {"WSIS_MAIL_DOMAIN": "mail.wsis.invalid", "WSIS_NEWSLETTER_WARM_UP": "0=0"}


def programs(
    services: Collection[str] | None, environ: Mapping[str, str], stores: Mapping[str, str]
) -> Iterator[Program]:
    """One program per service and per further process of it; None: of every installed service. `stores`: the address
    of the store for those that have a user of their own there.

    WSIS_<SERVICE>_PROCESSES and WSIS_<SERVICE>_<PROCESS>_PROCESSES say how many of each. Raises CannotStart.
    """
    found = discover(routes=False)
    for name in [plugin.name for plugin in found] if services is None else services:
        yield _program(name, (name,), _count(environ, name, 1), stores, environ)
        plugin: Plugin | None = found.get(name)
        for process in plugin.processes if plugin else ():
            full_name = process.full_name(name)
            count = _count(environ, full_name, 1)
            if count > 1 and not process.scalable:
                raise CannotStart(f"{full_name} runs once: it is not scalable")
            yield _program(full_name, (name, process.name), count, stores, environ)


def ports(services: Collection[str] | None) -> list[str]:
    """Names of the ports that their processes listen on."""
    return [name for name, port in process_ports().items() if services is None or port.service in services]


def addresses(numbers: Mapping[str, int]) -> dict[str, str]:
    """The settings that tell processes where to listen, and DEFAULTS."""
    listen = {port.address_setting: f"{LOOPBACK}:{numbers[name]}" for name, port in process_ports().items()}
    return DEFAULTS | listen


def store_of(name: str, stores: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program with a user of its own."""
    return {"WSIS_MONGO_URI": stores[name]} if name in stores else {}


def grace_seconds(environ: Mapping[str, str]) -> int:
    """The time until a process that does not stop is killed."""
    return int(Suite.load(environ).stop_seconds + SPARE_SECONDS)


def _program(
    name: str, arguments: tuple[str, ...], count: int, stores: Mapping[str, str], environ: Mapping[str, str]
) -> Program:
    return Program(
        name,
        tuple(command(*arguments)),
        priority=50,
        env=store_of(name, stores),
        processes=count,
        group="services",
        autostart=False,
        start_seconds=3,
        stop_seconds=grace_seconds(environ),  # its imports take a second or two
    )


def _count(environ: Mapping[str, str], name: str, default: int) -> int:
    variable = f"WSIS_{name.upper().replace('-', '_')}_PROCESSES"
    count = environ.get(variable, str(default))
    if not count.isdecimal() or int(count) < 1:
        raise CannotStart(f"{variable}={count!r}: set it to a number from 1")
    return int(count)
