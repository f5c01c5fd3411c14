"""An issue in one language as a mail and as a page of the archive.

Compiled once per issue, version and language, not per reader: what differs between readers are the slots of `Parts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

from markupsafe import Markup, escape
from wsis_shared.schemas import LOCALES

from wsis_notifications.issues.rules import layout, markdown, palette, typography
from wsis_notifications.issues.rules.contents import Image, Issue, Section, in_language, sections
from wsis_notifications.issues.rules.phrases import (
    colon,
    direction,
    language_name,
    month_name,
    native_name,
    say,
    section_kind,
)
from wsis_notifications.issues.rules.plain_text import Links, to_text
from wsis_notifications.issues.rules.wrapping import WIDTH, columns, wrap
from wsis_notifications.mails.rules.rendering import font

COMPILED = 64  # parts in memory: some issues in all languages
IMAGE_WIDTH = 544  # pixels: the column of text
CONTENTS_FROM = 3  # sections, with fewer there is no list of them
_FOOT_LINKS = (("read_online", "archive_url"), ("preferences", "preferences_url"), ("unsubscribe", "unsubscribe_url"))
_FSI, _PDI = "\u2068", "\u2069"


@dataclass(frozen=True)
class Parts:
    """What a reader gets. In `html` and `text` stand "%%greeting_name%%", "%%unsubscribe_url%%",
    "%%preferences_url%%", "%%archive_url%%" and "%%why%%", for the sender to fill, escaped as the part needs it."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class _Edition:
    """An issue in a language; equal for the same version of it."""

    id: str
    version: int
    language: str
    public_url: str
    archive: bool
    issue: Issue = field(compare=False, repr=False)

    def say(self, key: str, **values: str | int) -> str:
        return say(key, self.language, part="issues", **values)


def render_parts(issue: Issue, language: str, public_url: str) -> Parts:
    """The mail of an issue for readers of a language. `public_url` begins the addresses of our own pages."""
    return _compiled(_edition(issue, language, public_url, archive=False))


def render_page(issue: Issue, language: str, public_url: str) -> str:
    """The page of an issue in the archive: no greeting, no slots, links to the other languages."""
    return _compiled(_edition(issue, language, public_url, archive=True)).html


def subject_of(issue: Issue, language: str) -> str:
    """The title of an issue in the reader's language, else in its main one: one line."""
    return _clean(in_language(issue["title"], language, issue["language"])) or say("name", language)


def _edition(issue: Issue, language: str, public_url: str, *, archive: bool) -> _Edition:
    return _Edition(issue["_id"], issue["version"], language, public_url.rstrip("/"), archive, issue)


@lru_cache(maxsize=COMPILED)
def _compiled(edition: _Edition) -> Parts:
    subject = layout.with_slots(subject_of(edition.issue, edition.language))
    shown = [_cleaned(section) for section in sections(edition.issue, edition.language)]
    html = layout.with_slots(layout.page(_variables(edition, shown)), html=True)
    return Parts(subject, html, "" if edition.archive else layout.with_slots(_text(edition, shown)))


def _clean(text: str) -> str:
    return " ".join(layout.without_slots(text).split())


def _cleaned(section: Section) -> Section:
    image = section.image and replace(section.image, alt=_clean(section.image.alt))
    return replace(
        section,
        title=typography.bound(_clean(section.title), section.language),
        text=layout.without_slots(section.text),
        image=image,
        url=_clean(section.url),
        label=_clean(section.label),
    )


# -- HTML ---------------------------------------------------------------------------------------------------------


def _variables(edition: _Edition, shown: list[Section]) -> dict[str, object]:
    issue, language = edition.issue, edition.language
    return {
        "language": language,
        "direction": direction(language),
        "start": _start(language),
        "font": font(language),
        "light": palette.LIGHT,
        "dark": palette.DARK,
        "subject": subject_of(issue, language),
        "summary": _clean(in_language(issue["summary"], language, issue["language"])),
        "brand": _brand(edition),
        "intro": _intro(edition, shown),
        "foot": _foot(edition),
        "sections": [_section(edition, section) for section in shown],
    }


def _start(language: str) -> str:
    return "right" if direction(language) == "rtl" else "left"


def _within(language: str, kind: str, inside: Markup) -> Markup:
    """MJML sets the direction of its columns: each text says its own."""
    return Markup('<div class="{}" lang="{}" dir="{}">{}</div>').format(kind, language, direction(language), inside)


def _date_line(edition: _Edition) -> str:
    issue, language = edition.issue, edition.language
    month = month_name(issue["month"], language)
    return month if issue["number"] is None else f"{month} · {edition.say('number', number=issue['number'])}"


def _brand(edition: _Edition) -> Markup:
    inside = Markup('<h1 dir="ltr" style="text-align:{}">{}</h1>{}<br>{}').format(
        _start(edition.language), edition.say("name"), edition.say("publisher"), _date_line(edition)
    )
    if edition.archive:
        inside += Markup('<br><span style="font-size:14px">{} {}</span>').format(
            edition.say("also_in"),
            Markup(" · ").join(
                Markup('<a href="?lang={}" lang="{}" hreflang="{}">{}</a>').format(code, code, code, native_name(code))
                for code in LOCALES
                if code != edition.language
            ),
        )
    return _within(edition.language, "brand", inside)


def _intro(edition: _Edition, shown: list[Section]) -> list[Markup]:
    parts, language = [], edition.language
    if not edition.archive:
        name = Markup("<bdi>{}</bdi>").format(layout.slot("greeting_name"))
        parts.append(_within(language, "greeting", escape(edition.say("greeting")).format(name=name)))
    if len(shown) >= CONTENTS_FROM:
        items = Markup("").join(Markup("<li><bdi>{}</bdi></li>").format(section.title) for section in shown)
        listed = Markup("<b>{}</b><ul>{}</ul>").format(edition.say("contents"), items)
        parts.append(_within(language, "contents", listed))
    return parts


def _section(edition: _Edition, section: Section) -> dict[str, object]:
    language, own = edition.language, section.language
    note = Markup("") if own == language else _within(language, "note", escape(_note(edition, section)))
    tokens = markdown.parse(section.text, edition.public_url, own)
    return {
        "kind": _within(language, "kind", escape(section_kind(section.kind, language))) + note,
        "title": Markup('<h2 lang="{}" dir="{}">{}</h2>').format(own, direction(own), section.title),
        "body": _within(own, "body", Markup(markdown.to_html(tokens))),  # noqa: S704 -- sanitized
        "start": _start(own),
        "image": section.image and _image(edition, section.image),
        "url": markdown.absolute(section.url, edition.public_url),
        "label": _label(edition, section),
    }


def _image(edition: _Edition, image: Image) -> Markup:
    """A program that shows no images shows the words instead. Outlook reads the width from the attribute alone."""
    width = min(image.width or IMAGE_WIDTH, IMAGE_WIDTH)
    shown = Markup('<img src="{}" alt="{}" width="{}" style="max-width:{}px">').format(
        image_url(image.id, edition.public_url), image.alt, width, width
    )
    return _within(edition.language, "image", shown)


def _note(edition: _Edition, section: Section) -> str:
    return edition.say("only_in", language=language_name(section.language, edition.language))


def _label(edition: _Edition, section: Section) -> str:
    return section.label or edition.say("read_more")


def archive_url(issue: str, language: str, public_url: str) -> str:
    """The page of an issue."""
    return f"{public_url.rstrip('/')}/v1/newsletter/issues/{issue}/page?lang={language}"


def image_url(image: str, public_url: str) -> str:
    """Where readers' programs load an image from."""
    return f"{public_url.rstrip('/')}/v1/newsletter/images/{image}"


def _foot(edition: _Edition) -> Markup:
    if edition.archive:
        inside = Markup("<p>{}</p>").format(edition.say("address"))
    else:
        links = Markup("<br>").join(
            Markup('<a href="{}">{}</a>').format(layout.slot(slot), edition.say(key)) for key, slot in _FOOT_LINKS
        )
        inside = Markup("<p>{}</p><p>{}</p><p>{}</p>").format(links, layout.slot("why"), edition.say("address"))
    return _within(edition.language, "foot", inside)


# -- plain text ---------------------------------------------------------------------------------------------------


def _text(edition: _Edition, shown: list[Section]) -> str:
    head = "\n".join(wrap(line) for line in (edition.say("name"), edition.say("publisher"), _date_line(edition)))
    name = layout.slot("greeting_name")
    greeting = edition.say("greeting", name=f"{_FSI}{name}{_PDI}" if direction(edition.language) == "rtl" else name)
    blocks = [head, greeting]
    if len(shown) >= CONTENTS_FROM:
        items = [wrap(section.title, "- ", "  ") for section in shown]
        blocks.append("\n".join([edition.say("contents"), *items]))
    links = Links()
    blocks += [_text_section(edition, section, links) for section in shown]
    return "\n\n".join([*blocks, _text_foot(edition)]) + "\n"


def _text_section(edition: _Edition, section: Section, links: Links) -> str:
    title = wrap(section.title)
    heading = [
        section_kind(section.kind, edition.language),
        title,
        "=" * min(WIDTH, max(map(columns, title.split("\n")))),
    ]
    blocks = ["=" * WIDTH, "\n".join(heading)]
    if section.language != edition.language:
        blocks.append(wrap(_note(edition, section)))
    blocks.append(to_text(markdown.parse(section.text, edition.public_url, section.language), links))
    if section.url:
        url = markdown.absolute(section.url, edition.public_url)
        blocks.append(f"{_label(edition, section)}{colon(edition.language)}\n{url}")
    if listed := links.unlisted():
        blocks.append("\n".join([edition.say("links"), *listed]))
    return "\n\n".join(filter(None, blocks))


def _text_foot(edition: _Edition) -> str:
    named = [f"{edition.say(key)}{colon(edition.language)}\n{layout.slot(slot)}" for key, slot in _FOOT_LINKS]
    return "\n\n".join(["-- ", *named, layout.slot("why"), wrap(edition.say("address"))])
