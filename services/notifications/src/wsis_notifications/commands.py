"""`wsis notifications preview TEMPLATE --locale ar`: how a mail looks, without sending one; `pictures` takes all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import yaml
from jinja2 import Undefined
from wsis_shared.json_types import Input
from wsis_shared.plugin import discover
from wsis_shared.settings import SettingError

from wsis_notifications.mails import pictures as browser
from wsis_notifications.mails import templates
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.deliveries import variables_of
from wsis_notifications.mails.rules.rendering import Source, Written
from wsis_notifications.settings import Settings

_SAMPLE_NAMES = {
    "ar": "ليلى حداد",
    "zh": "王芳",
    "ru": "Анна Иванова",
    "fr": "Élodie Lefèvre",
    "pt": "João Araújo",
    "es": "Íñigo Núñez",
    "en": "Ama Mensah",
}


class _Shown(Undefined):
    """A variable that only the publisher's details would bring: its name."""

    def __str__(self) -> str:
        return f"«{self._undefined_name}»"

    def __getattr__(self, name: str) -> _Shown:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Shown(name=f"{self._undefined_name}.{name}")


@click.group()
def commands() -> None:
    """Mails: look at them."""


_VALUES = click.option(
    "--values",
    type=click.Path(exists=True, path_type=Path),
    help="YAML: variable -> value, and template -> its own variables",
)


@commands.command()
@click.argument("template", default="")
@click.option("--locale", "locales", multiple=True, help="ar, zh, ...; repeat it; all seven where none is given")
@click.option("--to", "folder", default=".run/mails", type=click.Path(path_type=Path), help="Folder for the files")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A variable of the publisher's details")
@_VALUES
def preview(template: str, locales: tuple[str, ...], folder: Path, given: tuple[str, ...], values: Path | None) -> None:
    """Write TEMPLATE ("accounts/code" or "code"; all where none is named) as .html and .txt files."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = dict(pair.split("=", 1) for pair in given if "=" in pair)
    for name, source, written in _written(template, locales or templates.LOCALES, {**_read(values), **pairs}):
        _save(folder / f"{name.replace('/', '-')}.{source.locale}", source, written)


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("template", default="")
@click.option("--width", default=640, help="Width of the reader's window in pixels; 375 is a telephone")
@_VALUES
def pictures(folder: Path, template: str, width: int, values: Path | None) -> None:
    """Take a picture of each mail in every language with chromium; name those that are wider than the window."""
    folder.mkdir(parents=True, exist_ok=True)
    sheets: dict[str, list[tuple[str, Written]]] = {}
    for name, source, written in _written(template, templates.LOCALES, _read(values)):
        sheets.setdefault(name, []).append((f"{name}.{source.locale}", written))
    try:
        for name, mails in sheets.items():
            page = folder / f"{name.replace('/', '-')}.html"
            page.write_text(browser.sheet(mails, width), "utf-8")
            click.echo(str(browser.take(page, width)))
        page = folder / "all.html"
        page.write_text(browser.sheet((mail for mails in sheets.values() for mail in mails), width), "utf-8")
        wide = browser.too_wide(page)
    except browser.NoBrowser as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"wider than {width} pixels: {', '.join(wide) or 'none'}")


def _read(values: Path | None) -> Input:
    return yaml.safe_load(values.read_text("utf-8")) if values else {}


def _written(template: str, locales: tuple[str, ...], values: Input) -> Iterator[tuple[str, Source, Written]]:
    """(name, source, mail) of each template, or the one named, in the locales. Raises ClickException."""
    plugins = discover()
    catalogue = templates.Catalogue(plugins)
    chosen = [item for item in catalogue.all if template in ("", item.name, item.notice.template)]
    if not chosen:
        known = ", ".join(item.name for item in catalogue.all)
        raise click.ClickException(f"no notice {template!r}; there are {known}")
    try:
        writer = templates.writer(Settings.load().public_url, templates.filters_of(plugins), undefined=_Shown)
    except SettingError as error:
        raise click.ClickException(str(error)) from None
    for item in chosen:
        why = {"contact": "why_contact", "everyone": "why_everyone"}.get(item.notice.to, "why_account")
        own = values.get(item.notice.template, {})
        for locale in locales:
            sample = {"url": "/", "names": _SAMPLE_NAMES[locale], **variables_of(item.event.example), **values, **own}
            try:
                source = catalogue.source(item, locale)
                unsubscribe = f"https://wsis.example/{locale}/unsubscribe/sample" if item.notice.kind else ""
                yield item.name, source, writer.write(source, sample, why=why, unsubscribe=unsubscribe)
            except RenderError as error:
                raise click.ClickException(f"{item.name}.{locale}: {error.reason}") from error


def _save(path: Path, source: Source, written: Written) -> None:
    path.with_name(f"{path.name}.html").write_text(written.html, "utf-8")
    path.with_name(f"{path.name}.txt").write_text(f"{written.subject}\n\n{written.text}", "utf-8")
    click.echo(f"{path}.html  {written.subject}" + ("" if source.locale == written.locale else " (English)"))
