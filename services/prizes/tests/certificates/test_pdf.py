"""Certificates: whatever the names are, in seven languages, on one page."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from wsis_shared.reference import languages
from wsis_testkit.pdfs import words_of

from wsis_prizes.certificates.pdf import page, process
from wsis_prizes.certificates.rules import Award

AT = datetime(2017, 6, 13, 12, tzinfo=UTC)
NAMES = {
    "en": ("Ministry of Health", "Clinics on line"),
    "ar": ("وزارة الاتصالات وتكنولوجيا المعلومات", "منصة «صحتي» 2017 (MyHealth)"),
    "zh": ("中华人民共和国国家卫生健康委员会", "云上诊所——远程医疗平台"),
    "ru": ("Министерство цифрового развития", "Электронная поликлиника"),
}


def project(**changes: Any) -> dict[str, Any]:
    return {
        "edition": "2017",
        "number": 132,
        "title": "Clinics",
        "organization": "Ministry",
        "country": "RW",
        "category": "C7.e-health",
        **changes,
    }


def render(*args: Any, **more: Any) -> bytes:
    return page.render(*args, at=AT, **more)


def heights(pdf: bytes) -> list[float]:
    """Where each text stands on the one page, in points from its foot."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        (only,) = file.pages
        found, at = [], 0.0
        for operands, operator in pikepdf.parse_content_stream(only, "cm Tj TJ"):
            if str(operator) == "cm":
                at = float(operands[5])
            else:
                found.append(at)
    return found


@pytest.mark.parametrize("language", [language.code for language in languages()])
@pytest.mark.parametrize("script", NAMES)
def test_names_of_any_script_in_any_language(language: str, script: str) -> None:
    organization, title = NAMES[script]
    pdf = render(project(organization=organization, title=title), language, winner=True)
    assert heights(pdf)
    said = "".join(words_of(pdf)).replace(" ", "")
    assert all(word in said for word in f"{organization} {title}".split() if script != "ar")
    assert "WSIS-2017-0132" in said
    assert "ALC7" not in said, "the mark of the English list of categories"


def test_certificate_is_tagged_and_says_its_language_and_title() -> None:
    with pikepdf.open(io.BytesIO(render(project(), "fr", winner=False))) as pdf:
        assert (pdf.Root.Lang, bool(pdf.Root.MarkInfo.Marked)) == ("fr", True)
        assert str(pdf.docinfo.Title) == "Prix du SMSI 2017: Champion: Clinics"
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"


def test_long_names_shrink_and_stay_in_the_frame_above_the_date() -> None:
    pdf = render(project(organization="Organization " * 23, title="Title of it " * 25), "fr", winner=False)
    *body, date, number, secretariat = heights(pdf)
    assert 40 < date == secretariat < number < min(body)
    assert max(body) < 565


def test_the_same_certificate_is_the_same_file() -> None:
    one, two = (render(project(), "en", winner=False) for _ in range(2))
    assert one == two


def test_a_pdf_has_the_letters_of_its_names_alone() -> None:
    """A Chinese font has 28,000 of them, and megabytes."""
    organization, title = NAMES["zh"]
    assert len(render(project(organization=organization, title=title), "zh", winner=True)) < 100_000


def test_a_file_that_is_no_font_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fonts = tmp_path / ".local/share/fonts"
    fonts.mkdir(parents=True)
    (fonts / "NotoNaskhArabic-Regular.ttf").write_bytes(b"no font")
    (fonts / "NotoSansHebrew-Regular.ttf").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    wanted = [(project(organization=NAMES["ar"][0], title="אבג"), Award(winner=True, at=AT), ["ar"])]
    [files] = process.render(wanted, lambda: None)
    assert "WSIS-2017-0132" in "".join(words_of(files["ar"]))


def test_a_character_without_a_font_is_replaced() -> None:
    assert "\N{WHITE SQUARE}" in "".join(words_of(render(project(title="A \U000f0000"), "en", winner=True)))


def test_names_are_never_markup() -> None:
    title = "#panic() *A* $x$ [b] <c> @d // e"
    assert title in " ".join(words_of(render(project(title=title), "en", winner=True)))
