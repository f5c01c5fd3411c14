"""The mails that publishers bring: the part `mails` of their texts."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from wsis_shared.events import EmailNotification, EventType
from wsis_shared.plugin import Plugin
from wsis_shared.reference import languages
from wsis_shared.reference.filters import FILTERS, TemplateFilter
from wsis_shared.translations import by_key, by_language

from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.deliveries import PRIORITIES
from wsis_notifications.mails.rules.rendering import Renderer, Source

FALLBACK = "en"
_log = logging.getLogger(__name__)
LOCALES = tuple(item.code for item in languages())


@dataclass(frozen=True)
class NotificationBinding:
    """A notice with the plugin that brings it and the event that it follows."""

    plugin: Plugin
    event: EventType
    notice: EmailNotification

    @property
    def name(self) -> str:
        """ "prizes/project_submitted": its name in a delivery."""
        return f"{self.plugin.name}/{self.notice.template}"


class Catalogue:
    """All notices of all installed plugins, by the event's type and by name; `kinds` are those that people may decline,
    with their titles by language."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        plugins = tuple(plugins)
        self.all = [
            NotificationBinding(plugin, event, notice)
            for plugin in plugins
            for event in plugin.publishes
            for notice in event.notifications
        ]
        self.kinds = _kinds_of(plugins)
        self._by_name = {item.name: item for item in self.all}
        self._source = cache(self._read)

    def of_event(self, type_: str) -> list[NotificationBinding]:
        """The notices that follow a CloudEvents type."""
        return [item for item in self.all if item.event.key(item.plugin.name).cloudevents_type == type_]

    def get(self, name: str) -> NotificationBinding | None:
        """The notice of that name, or None where its plugin is no longer installed."""
        return self._by_name.get(name)

    def templates_of(self, kinds: Collection[str]) -> list[str]:
        """The names of the notices of these kinds."""
        return [item.name for item in self.all if item.notice.kind in kinds]

    def source(self, item: NotificationBinding, locale: str | None) -> Source:
        """The template in that language, else in English. Raises RenderError."""
        wanted = locale if locale in LOCALES else FALLBACK
        return self._source(item.plugin.locale_package, item.notice.template, wanted)

    def problems(self, writer: Renderer) -> dict[str, str]:
        """What is wrong with which template: nothing is lost by it, but nobody gets that mail."""
        found = {}
        for item in self.all:
            if item.notice.priority not in PRIORITIES:
                found[item.name] = f"priority {item.notice.priority}"
            for locale in LOCALES:
                try:
                    writer.check(self.source(item, locale))
                except RenderError as error:
                    found[f"{item.name}.{locale}"] = error.reason
        return found

    def _read(self, package: str, template: str, locale: str) -> Source:
        try:
            written = by_key(package, "mails").get(template, {})
            if locale not in written:
                if locale == FALLBACK:
                    raise RenderError("template_missing", template)
                return self._source(package, template, FALLBACK)
            raw = written[locale]
            action = {**(written.get(FALLBACK, {}).get("action") or {}), **raw["action"]} if raw.get("action") else {}
            return Source(
                template,
                locale,
                str(raw["subject"]),
                str(raw["text"]),
                str(action.get("label", "")),
                str(action.get("url", "")),
            )
        except (yaml.YAMLError, KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
            raise RenderError("template_broken", f"{template}.{locale}") from error


def _kinds_of(plugins: Iterable[Plugin]) -> dict[str, Mapping[str, str]]:
    """Several plugins may have mails of one kind; the titles are those of the first that has some."""
    found: dict[str, Mapping[str, str]] = {}
    used = {notice.kind for plugin in plugins for event in plugin.publishes for notice in event.notifications}
    for plugin in plugins:
        for kind, titles in plugin.kind_titles.items():
            found.setdefault(kind, titles)
    return {kind: found.get(kind, {FALLBACK: kind}) for kind in sorted(used - {""})}


def filters_of(plugins: Iterable[Plugin]) -> dict[str, TemplateFilter]:
    """The filters that templates may use: those of the plugins, then those of the reference data, which win.

    A plugin whose filters cannot be loaded is logged; only the mails that use them fail.
    """
    found: dict[str, TemplateFilter] = {}
    for plugin in plugins:
        try:
            found |= plugin.load("template_filters") or {}
        except Exception as error:  # noqa: BLE001 -- whatever a plugin raises must not stop the mails of the others
            _log.error("template filters not loaded", extra={"plugin": plugin.name, "error": type(error).__name__})
    return found | dict(FILTERS)


def writer(public_url: str, filters: Mapping[str, TemplateFilter] = FILTERS, **options: type) -> Renderer:
    """The writer with our page and phrases."""
    page = (files("wsis_notifications") / "layout.html").read_text("utf-8")
    return Renderer(page, by_language("wsis_notifications", "phrases"), public_url, filters, **options)
