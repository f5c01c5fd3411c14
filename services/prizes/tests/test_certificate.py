"""Certificates: whatever the names are, in seven languages, on one page."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from wsis_shared.reference import languages

from wsis_prizes.certificate import fonts, page
from wsis_prizes.settings import Settings

AT = datetime(2017, 6, 13, 12, tzinfo=UTC)
NAMES = {
    "en": ("Ministry of Health", "Clinics on line"),
    "ar": ("وزارة الاتصالات وتكنولوجيا المعلومات", "منصة «صحتي» 2017 (MyHealth)"),
    "zh": ("中华人民共和国国家卫生健康委员会", "云上诊所——远程医疗平台"),
    "ru": ("Министерство цифрового развития", "Электронная поликлиника"),
}


def project(**changes: Any) -> dict[str, Any]:
    return {"edition": "2017", "number": 132, "title": "Clinics", "organization": "Ministry", "country": "RW",
            "category": "C7.e-health", **changes}  # fmt: skip


def render(*args: Any, font_folders: Sequence[str] = Settings.load().certificate_fonts, **more: Any) -> bytes:
    return page.render(*args, font_folders=font_folders, at=AT, **more)


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def texts(pdf: bytes) -> bytes:
    """The content of the page."""
    streams = (_inflated(found.group(1)) for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S))
    return b"".join(stream for stream in streams if b" Tj" in stream or b" TJ" in stream)


def _inflated(raw: bytes) -> bytes:
    try:
        return zlib.decompress(raw)
    except zlib.error:
        return b""


@pytest.mark.parametrize("language", [language.code for language in languages()])
@pytest.mark.parametrize("script", NAMES)
def test_names_of_any_script_in_any_language(language: str, script: str) -> None:
    organization, title = NAMES[script]
    pdf = render(project(organization=organization, title=title), language, winner=True)
    assert pdf.startswith(b"%PDF")
    assert pages(pdf) == 1


def test_long_names_shrink_and_stay_on_the_page() -> None:
    pdf = render(project(organization="Organization " * 23, title="Title of it " * 25), "fr", winner=False)
    assert pages(pdf) == 1
    for _, y in re.findall(rb"BT ([\d.]+) ([\d.]+) Td", texts(pdf)):
        assert 30 < float(y) < 565  # inside the frame, in points


def test_the_same_certificate_is_the_same_file() -> None:
    one, two = (render(project(), "en", winner=False) for _ in range(2))
    assert one == two


def test_missing_fonts_make_a_plain_certificate_not_none(tmp_path: Path) -> None:
    pdf = render(project(organization=NAMES["ru"][0]), "en", winner=True, font_folders=[str(tmp_path)])
    assert b"Ministerstvo tsifrovogo" in texts(pdf)


def test_only_the_fonts_that_the_text_needs_are_embedded(tmp_path: Path) -> None:
    from fpdf import FPDF

    folders = Settings.load().certificate_fonts
    latin, chinese = FPDF(), FPDF()
    if fonts.equip(latin, ["Ministry"], folders, tmp_path) == fonts.HELVETICA:
        pytest.skip("no fonts on this machine")
    fonts.equip(chinese, ["卫生部"], folders, tmp_path)
    assert {font.fontkey for font in latin.fonts.values()} == {"main", "mainB"}
    assert len(chinese.fonts) > 2


def test_a_file_that_is_no_font_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "NotoNaskhArabic-Regular.ttf").write_bytes(b"no font")
    (tmp_path / "NotoSansHebrew-Regular.ttf").mkdir()
    folders = [str(tmp_path), *Settings.load().certificate_fonts]
    assert (
        pages(render(project(organization=NAMES["ar"][0], title="אבג"), "en", winner=True, font_folders=folders)) == 1
    )


def test_a_font_in_the_pdf_has_no_more_characters_than_the_text(tmp_path: Path) -> None:
    """The library reads all that a font has, for each certificate again."""
    from fpdf import FPDF

    pdf = FPDF()
    if fonts.equip(pdf, ["卫生部"], Settings.load().certificate_fonts, tmp_path) == fonts.HELVETICA:
        pytest.skip("no fonts on this machine")
    assert all(len(font.cmap) < 150 for font in pdf.fonts.values())
