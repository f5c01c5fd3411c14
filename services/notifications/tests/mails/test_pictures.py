"""What a browser makes of a mail: nothing widens it, and what would is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wsis_notifications.mails import pictures, templates
from wsis_notifications.mails.rules.rendering import Source, Written

WORD = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9" * 10


def _mail(locale: str) -> Written:
    source = Source("x", locale, "s", "{{ word }}\n\n- {{ word }}", "Open", "{{ url }}")
    values = {"word": WORD, "url": f"https://wsis.example/{WORD}"}
    return templates.writer("https://wsis.example").write(source, values)


def test_a_sheet_shows_mails_as_text_of_its_own() -> None:
    sheet = pictures.sheet([("x.en", Written("en", "<b>s</b>", "", '<p title="a">\'</p>'))], 640)
    assert "x.en: &lt;b&gt;s&lt;/b&gt;" in sheet
    assert 'srcdoc="&lt;p title=&quot;a&quot;&gt;&#x27;&lt;/p&gt;"' in sheet


def test_without_a_browser_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pictures.NoBrowser, match="chromium"):
        pictures.too_wide(tmp_path / "sheet.html")


@pytest.mark.skipif(not any(map(shutil.which, pictures.BROWSERS)), reason="needs chromium")
def test_long_words_do_not_widen_a_mail_on_a_telephone(tmp_path: Path) -> None:
    page = tmp_path / "sheet.html"
    mails = [(locale, _mail(locale)) for locale in ("en", "ar", "zh")]
    page.write_text(pictures.sheet([*mails, ("wide", Written("en", "s", "", f"<p>{WORD}</p>"))], 375), "utf-8")
    assert pictures.too_wide(page) == ["wide"]
    assert pictures.take(page, 375).stat().st_size > 10_000
