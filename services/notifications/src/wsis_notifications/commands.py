"""`wsis notifications preview TEMPLATE --locale ar`: how a mail looks, without sending one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from jinja2 import Undefined
from wsis_shared.plugin import discover
from wsis_shared.settings import SettingError

from wsis_notifications import templates
from wsis_notifications.domain.rendering import Source, Written
from wsis_notifications.domain.rules import variables_of
from wsis_notifications.errors import CannotWrite
from wsis_notifications.settings import Settings

_SAMPLE_NAMES = {"ar": "ليلى حداد", "zh": "王芳", "ru": "Анна Иванова", "fr": "Élodie Lefèvre", "pt": "João Araújo",
                 "es": "Íñigo Núñez", "en": "Ama Mensah"}  # fmt: skip


class _Shown(Undefined):
    """A variable that only the publisher's details would bring: its name."""

    def __str__(self) -> str:
        return f"«{self._undefined_name}»"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Shown(name=f"{self._undefined_name}.{name}")


@click.group()
def commands() -> None:
    """Mails: look at them."""


@commands.command()
@click.argument("template", default="")
@click.option("--locale", "locales", multiple=True, help="ar, zh, ...; repeat it; all seven where none is given")
@click.option("--to", "folder", default=".run/mails", type=click.Path(path_type=Path), help="Folder for the files")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="A variable of the publisher's details")
def preview(template: str, locales: tuple[str, ...], folder: Path, given: tuple[str, ...]) -> None:
    """Write TEMPLATE ("accounts/code" or "code"; all where none is named) as .html and .txt files."""
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
    sample = {"url": "/", **dict(pair.split("=", 1) for pair in given if "=" in pair)}
    folder.mkdir(parents=True, exist_ok=True)
    for item in chosen:
        for locale in locales or templates.LOCALES:
            try:
                source = catalogue.source(item, locale)
                variables = {**variables_of(item.event.example), "names": _SAMPLE_NAMES[locale], **sample}
                why = {"contact": "why_contact", "everyone": "why_everyone"}.get(item.notice.to, "why_account")
                written = writer.write(source, variables, why=why)
            except CannotWrite as error:
                raise click.ClickException(f"{item.name}.{locale}: {error.reason}") from error
            _save(folder / f"{item.plugin.name}-{item.notice.template}.{locale}", source, written)


def _save(path: Path, source: Source, written: Written) -> None:
    path.with_name(f"{path.name}.html").write_text(written.html, "utf-8")
    path.with_name(f"{path.name}.txt").write_text(f"{written.subject}\n\n{written.text}", "utf-8")
    click.echo(f"{path}.html  {written.subject}" + ("" if source.locale == written.locale else " (English)"))
