"""A notice's template and its variables become a subject, a text and an HTML page in one language.

Templates are ours, values are the world's: a value is escaped, isolated, and never read as a template.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from jinja2 import (
    Environment,
    StrictUndefined,
    Template,
    TemplateAssertionError,
    TemplateError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape
from wsis_shared import reference
from wsis_shared.reference.filters import FILTERS, TemplateFilter

from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules import bidi, layout
from wsis_notifications.mails.rules.filters import filters_for

PAGE = "page:"
_URL = re.compile(r"https?://[^\s\x00-\x20<>\"\\/?#]+([/?#][^\s\x00-\x20<>\"\\]*)?")

_LINK = Markup('<a href="{0}" dir="ltr" style="color:#00558c;word-break:break-all">{0}</a>')

# DejaVu and Noto stand for the systems that lack the others; no font is fetched.
_FONTS = {
    "zh": "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif",
    "ar": "'Segoe UI',Tahoma,'Noto Sans Arabic','Noto Naskh Arabic',Arial,sans-serif",
}
_FONT = "'Segoe UI','Helvetica Neue',Arial,'Noto Sans',sans-serif"


# Statements that compile whatever they contain, as long as its filters and tests exist; a loop, if nothing says "loop".
_PLAIN = (nodes.Output, nodes.If, nodes.For)


@dataclass(frozen=True)
class Source:
    """A template as its author wrote it; `locale` is the language of the text, English where theirs is missing."""

    name: str
    locale: str
    subject: str
    text: str
    action_label: str = ""
    action_url: str = ""


@dataclass(frozen=True)
class Written:
    """A mail's content."""

    locale: str
    subject: str
    text: str
    html: str


class Renderer:
    """Writes mails. `page` is the source of the HTML page, `phrases` its words by language, `public_url` the start of
    links, `filters` those of the reference data and the plugins. `undefined` is what a missing variable becomes: an
    error, except in a preview."""

    def __init__(
        self,
        page: str,
        phrases: Mapping[str, Mapping[str, str]],
        public_url: str,
        filters: Mapping[str, TemplateFilter] = FILTERS,
        undefined: type[Undefined] = StrictUndefined,
    ) -> None:
        self._phrases, self._public_url, self._undefined = phrases, public_url.rstrip("/"), undefined
        self._filters = filters
        self._page = Environment(autoescape=True).from_string(page)
        self._plain = {locale: self._environment(locale, html=False) for locale in phrases}
        self._html = {locale: self._environment(locale, html=True) for locale in phrases}
        self._compiled = lru_cache(maxsize=1000)(_compile)
        self._checked = cache(_check)  # English stands for texts that are missing
        self._footer = cache(self._make_footer)

    def write(
        self, source: Source, variables: Mapping[str, object], *, why: str = "why_account", unsubscribe: str = ""
    ) -> Written:
        """`unsubscribe` is the address of the page that ends such mails. Raises RenderError."""
        locale, phrases = source.locale, self._phrases[source.locale]
        plain, html = self._plain[locale], self._html[locale]
        try:
            subject = self._subject(plain, source.subject, variables)
            text = layout.as_text(self._fill(plain, source.text, variables), _width(locale))
            body = layout.as_html(self._fill(html, source.text, variables))
            action = self._action(source, variables)
        except RenderError as error:
            raise RenderError(error.reason, f"{source.name}.{locale}") from error
        except UndefinedError as error:
            raise RenderError("variable_missing", f"{source.name}.{locale}") from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise RenderError("template_broken", f"{source.name}.{locale}") from error
        page = self._page.render(  # the body comes from an environment that escapes
            locale=locale,
            direction=direction(locale),
            start="right" if direction(locale) == "rtl" else "left",
            font=font(locale),
            subject=subject,
            body=Markup(body),  # noqa: S704 -- see above
            action=action,
            why=phrases[why],
            unsubscribe=unsubscribe,
            phrases=phrases,
        )
        parts = [text, *([f"{action['label']}{phrases['colon']}\n{action['url']}"] if action else [])]
        footer = self._footer(locale, why)
        if unsubscribe:
            footer += f"\n{phrases['unsubscribe']}{phrases['colon']}\n{unsubscribe}\n"
        return Written(locale, subject, "\n\n".join([*parts, phrases["sender"], footer]), f"{page}\n")

    def check(self, source: Source) -> None:
        """Raises RenderError where the template is not one."""
        for text in (source.subject, source.text, source.action_label, source.action_url):
            try:
                self._checked(self._plain[source.locale], text)
            except TemplateError as error:
                raise RenderError("template_broken", f"{source.name}.{source.locale}") from error

    def _make_footer(self, locale: str, why: str) -> str:
        phrases = self._phrases[locale]
        words = layout.as_text(f"{phrases[why]}\n{phrases['reply']}", _width(locale))
        return f"-- \n{phrases['brand']}\n\n{words}\n"

    def _fill(self, environment: Environment, text: str, variables: Mapping[str, object]) -> str:
        return self._compiled(environment, text).render(variables)

    def _subject(self, environment: Environment, text: str, variables: Mapping[str, object]) -> str:
        return header_text(self._fill(environment, text.strip(), variables).replace(bidi.LINE, "\n"))

    def _action(self, source: Source, variables: Mapping[str, object]) -> dict[str, str] | None:
        if not source.action_url:
            return None
        environment = self._plain[source.locale]
        label = self._fill(environment, source.action_label.strip(), variables)
        url = re.sub(f"[{bidi.FSI}{bidi.PDI}]", "", self._fill(environment, source.action_url.strip(), variables))
        return {"label": header_value(label), "url": safe_url(url, self._public_url, source.locale)}

    def _environment(self, locale: str, *, html: bool) -> Environment:
        way = direction(locale)

        def show(value: object) -> object:
            if value is None:
                return ""
            if isinstance(value, (Undefined, Markup)):
                return value
            text, native = bidi.clean(str(value)), isinstance(value, bidi.Native)
            if html:
                return escape(text) if native else _each_line(text, Markup("<bdi>{}</bdi>").format)
            if native or isinstance(value, bidi.Verbatim):
                return text
            return _each_line(text, lambda line: bidi.isolate(line, way))

        made = ImmutableSandboxedEnvironment(
            autoescape=html, finalize=show, undefined=self._undefined, trim_blocks=True, lstrip_blocks=True
        )

        def link(value: object) -> str:
            url = safe_url(str(value), self._public_url, locale)
            return _LINK.format(url) if html else bidi.Verbatim(url)

        filters = {**filters_for(locale, self._phrases[locale], self._filters), "link": link}
        made.filters.update({name: _of_known(shown) for name, shown in filters.items()})
        made.globals["not_you"] = bidi.Native(self._phrases[locale]["not_you"])
        return made


def _each_line(text: str, isolated: Callable[[str], str]) -> str:
    """A value whose lines run each in the direction of its own letters."""
    lines = [isolated(line) if line else "" for line in text.split(bidi.LINE)]
    return type(max(lines, key=len))(bidi.LINE).join(lines)


def _of_known(shown: Callable[..., object]) -> Callable[..., object]:
    """A filter that leaves a missing variable to whoever writes it out."""
    return lambda value, **options: value if isinstance(value, Undefined) else shown(value, **options)


def _compile(environment: Environment, text: str) -> Template:
    return environment.from_string(text)


def _check(environment: Environment, text: str) -> None:
    """Raises TemplateError where the text does not compile, or names what does not exist. Each start checks more than a
    thousand texts, and to parse one takes a quarter of the time."""
    if "{" not in text:
        return
    tree = environment.parse(text)
    for node in tree.find_all((nodes.Filter, nodes.Test, nodes.Stmt)):
        if isinstance(node, nodes.Filter | nodes.Test):
            if node.name not in (environment.filters if isinstance(node, nodes.Filter) else environment.tests):
                raise TemplateAssertionError(f"nothing is named {node.name!r}", node.lineno)
        elif type(node) not in _PLAIN or (isinstance(node, nodes.For) and "loop" in text):
            _compile(environment, text)


def _width(locale: str) -> int:
    """Chinese has no spaces to break at: its lines are left to the reader's program."""
    return 10_000 if locale == "zh" else layout.WIDTH


@cache
def direction(locale: str) -> str:
    """ "ltr" or "rtl"."""
    return reference.language(locale).direction


def font(locale: str) -> str:
    """Fonts of a language, as CSS names them."""
    return _FONTS.get(locale, _FONT)


def header_text(text: str) -> str:
    """The same text, or RenderError where a header would break or hide something (RFC 5322, 2.2)."""
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        raise RenderError("header_unsafe")
    return text.strip()


def header_value(text: str) -> str:
    """The same for a value that Python's email package encodes.

    Python's email package decodes what looks like an encoded word (RFC 2047) in a value that it is given, line breaks
    included, and writes those out: a name of "=?utf-8?q?=0d=0aBcc:...?=" would make a header of its own. An invisible
    joiner keeps it the text that it is.
    """
    return header_text(text).replace("=?", "=\u2060?")


def safe_url(url: str, public_url: str, language: str) -> str:
    """An absolute http(s) address. One that starts with / is ours, "page:/" a page in that language."""
    page = url.removeprefix(PAGE)
    ours = page.startswith("/") and not page.startswith("//")
    absolute = f"{public_url}{'' if page == url else f'/{language}'}{page}" if ours else url
    if not _URL.fullmatch(absolute):
        raise RenderError("url_unsafe")
    return absolute
