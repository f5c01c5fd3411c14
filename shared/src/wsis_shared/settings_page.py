"""Every setting that an operator turns, as docs/settings.md: `wsis settings` prints it for what is installed.

Settings of development and tests are left out; each is marked where it is declared.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
from collections.abc import Iterable, Iterator, Mapping

from wsis_shared.backup.settings import Settings as BackupSettings
from wsis_shared.doctor.settings import Settings as Doctor
from wsis_shared.plugin import Plugin, discover
from wsis_shared.rates import rate_classes_of
from wsis_shared.settings import PREFIX, PRODUCTION, Described, Settings, Suite

ALL, GATEWAY, BACKUP = "all", "gateway", "backup"
FOR_GATEWAY = "for the gateway"  # in the comment of a setting of a service that its pages and exports read too
OF_GATEWAY = (f"{PREFIX}GATEWAY_", f"{PREFIX}LIMIT")
UNITS = ("bytes", "megabytes", "ms", "seconds", "minutes", "hours", "days", "years")
HEAD = """\
# Settings

`make inventories` writes this page; `wsis settings` prints it for what is installed. A process reads its settings from
its environment when it starts. What is not here is a constant beside the rule that it belongs to.

| setting | default | meaning | read by |
| --- | --- | --- | --- |
"""
RATES = """
Rates of requests, of one account or one network; the gateway reads them:

| setting | default | of | declared by |
| --- | --- | --- | --- |
"""

_log = logging.getLogger(__name__)


def gateway_settings() -> type[Settings] | None:
    """Those of the gateway, where it is installed."""
    if not importlib.util.find_spec("wsis_gateway"):
        return None
    found: type[Settings] = importlib.import_module("wsis_gateway.settings").Settings
    return found


def settings_of(plugin: Plugin) -> dict[str, type[Settings]]:
    """Name of the service or further process -> the class of its settings."""
    named = {plugin.name: plugin.load("settings")}
    named |= {process.full_name(plugin.name): process.load("settings") for process in plugin.processes}
    return {name: kind for name, kind in named.items() if kind}


def page(plugins: Iterable[Plugin]) -> str:
    """The page in Markdown: one table of the settings, one of the rates."""
    plugins = tuple(plugins)
    rows = "".join(f"{_row(one, readers)}\n" for one, readers in _readers(plugins).items())
    declared_by = {rate.name: plugin.name for plugin in plugins for rate in plugin.rate_classes}
    rates = "".join(
        f"| `{rate.variable}` | `{rate.rate}` | {rate.summary} | {declared_by.get(rate.name, 'the suite')} |\n"
        for rate in rate_classes_of(plugins).values()
    )
    return HEAD + rows + RATES + rates


def unread(environ: Mapping[str, str], plugins: Iterable[Plugin]) -> list[str]:
    """Variables of the suite that no part reads: misspelt, or settings of a former version. Of the gateway's only where
    it is installed."""
    plugins = tuple(plugins)
    known = {one.variable for _, kind in _kinds(plugins) for one in kind.described()}
    known |= {rate.variable for rate in rate_classes_of(plugins).values()}
    others = () if gateway_settings() else OF_GATEWAY
    return sorted(name for name in environ.keys() - known if name.startswith(PREFIX) and not name.startswith(others))


def read_by(plugins: Iterable[Plugin]) -> dict[str, set[str]]:
    """Name of each part -> the settings that it reads, without those of development."""
    plugins = tuple(plugins)
    found: dict[str, set[str]] = {plugin.name: set() for plugin in plugins}
    found |= {process.full_name(plugin.name): set() for plugin in plugins for process in plugin.processes}
    found[GATEWAY] = {rate.variable for rate in rate_classes_of(plugins).values()}
    for name, kind in _kinds(plugins):
        of_production = [one for one in kind.described() if not one.development]
        found.setdefault(name, set()).update(one.variable for one in of_production)
        found[GATEWAY].update(one.variable for one in of_production if FOR_GATEWAY in one.comment)
    suite = found.pop(ALL)
    return {name: suite | own for name, own in found.items()}


def log_unread(suite: Suite) -> None:
    """Say them once, in production: elsewhere, tests and tools have variables of their own."""
    if suite.profile == PRODUCTION and (names := unread(os.environ, discover())):
        _log.warning("settings that nothing reads", extra={"settings": names})


def _kinds(plugins: Iterable[Plugin]) -> Iterator[tuple[str, type[Settings]]]:
    yield ALL, Suite
    if gateway := gateway_settings():
        yield GATEWAY, gateway
    yield BACKUP, BackupSettings
    yield "doctor", Doctor
    for plugin in plugins:
        yield from settings_of(plugin).items()


def _readers(plugins: Iterable[Plugin]) -> dict[Described, list[str]]:
    """Where two declare a setting alike, it is one row."""
    found: dict[Described, list[str]] = {}
    for name, kind in _kinds(plugins):
        for one in kind.described():
            if not one.development and found.get(one) != [ALL]:
                found.setdefault(one, []).append(name)
    return found


def _row(one: Described, readers: list[str]) -> str:
    return f"| `{one.variable}` | {_default(one)} | {_escape(one.comment)} | {', '.join(readers)} |"


def _default(one: Described) -> str:
    text = _escape(_text(one.default))
    unit = one.variable.rpartition("_")[2].lower()
    return " ".join([f"`{text}`", *([unit] if unit in UNITS else [])]) if text else ""


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _escape(text: str) -> str:
    return text.replace("|", r"\|")
