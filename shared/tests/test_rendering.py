from __future__ import annotations

import io
import re
import zipfile
from base64 import b64decode
from contextlib import suppress
from pathlib import Path
from typing import Any

import docx
import pikepdf
import psutil
import pytest
from lxml import etree, html
from wsis_shared.rendering import FORMATS, Layout, RenderingFailed, blocks, fonts, render
from wsis_shared.rendering.blocks import run
from wsis_testkit.pdfs import words_of

ARABIC = "كفلت عملية المشاورة المفتوحة الطابع التشاركي"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="30" height="10" fill="#10375c"/></svg>'
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")
HOSTILE = (
    '#include "/etc/passwd"',
    '#read("/etc/passwd")',
    "$ x^2 $ *bold* _x_ `raw` @ref <label> \\u{41} //c /* c */",
    "{{ 7 * 7 }}{% include 'x' %}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\x00\x07\x1b[31m\u202eevil",
    "]]>&amp;&lt;<!--",
    "\ud800",
    "\ufffe\U0001ffff",
    "\u200b\u200d",
    "w" * 1_000,
    "a\u0300" * 30,
    "\U0001f9ff\U0010fffd\ue000",
    "😀\U0001f468\u200d\U0001f469\U0001f1e8\U0001f1ed",
    "עברית, ไทย, हिन्दी, 한국어, አማርኛ",
    "\n\n\n",
    "",
    " ",
    "'=1+1\t\"",
)


def make(*content: Any, language: str = "en", title: str = "Outcomes") -> blocks.Document:
    return blocks.document(
        language=language,
        direction="rtl" if language == "ar" else "ltr",
        title=title,
        series="WSIS Forum 2017",
        cover=[("Version", "1.1")],
        running="Outcomes 1.1",
        contents="Contents",
        author="Secretariat",
        date="2017-03-17",
        blocks=content,
    )


def everything(text: str) -> list[blocks.Block]:
    """Each kind of block with a text in all its places."""
    return [
        blocks.heading(1, text),
        blocks.paragraph(text),
        blocks.paragraph([text, run(text, "ar", "rtl")], note=True),
        blocks.bullets([text, text]),
        blocks.table([(text, "wide"), (text, "number")], [[text, text]], caption=text),
        blocks.bars(text, [(text, 3, text), (text, 0, text)], source=text),
        blocks.figure(text, SVG, PNG, source=text),
        blocks.heading(2, text),
        blocks.entry(text, text, [(text, run(text, "zh", "ltr"))]),
    ]


def test_pdf_is_tagged_and_says_its_language_and_title() -> None:
    made = render(make(*everything("One"), language="fr", title="Résultats et analyse"), ["pdf"]).files["pdf"]
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert (pdf.Root.Lang, bool(pdf.Root.MarkInfo.Marked)) == ("fr", True)
        assert str(pdf.docinfo.Title) == "Résultats et analyse"
        with pdf.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root][-1] == "One"
        alternatives = [
            str(tag.get("/Alt")) for tag in pdf.objects if isinstance(tag, pikepdf.Dictionary) and "/Alt" in tag
        ]
    assert alternatives == ["One", "One"]  # the chart and the picture


def test_arabic_text_can_be_extracted_in_its_order() -> None:
    content = blocks.heading(1, "الملخص التنفيذي"), blocks.paragraph(ARABIC)
    made = render(make(*content, language="ar"), ["pdf"]).files["pdf"]
    # On the page, and so in the file, a line stands from left to right: the words from the last one to the first.
    shown = " ".join(reversed([word for word in words_of(made) if word.strip()]))
    assert ARABIC in shown
    assert shown.count("الملخص التنفيذي") == 2  # in the table of contents, too
    assert not re.search("[\u202a-\u202e]", shown)


def test_same_document_gives_the_same_bytes() -> None:
    document = make(*everything("One"))
    first, second = render(document), render(document)
    assert first.files == second.files
    assert set(first.files) == set(FORMATS)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_hostile_texts_are_shown_and_never_executed(language: str) -> None:
    content = [block for text in HOSTILE for block in everything(text)]
    made = render(make(*content, language=language, title=HOSTILE[0]), seconds=60)
    page = html.fromstring(made.files["html"])
    assert page.xpath("//script|//img[not(starts-with(@src, 'data:image/svg+xml;'))]|//@onerror") == []
    parts = zipfile.ZipFile(io.BytesIO(made.files["docx"]))
    for part in parts.infolist():
        if part.filename.endswith((".xml", ".rels")):
            etree.fromstring(parts.read(part.filename))
    file, shown = docx.Document(io.BytesIO(made.files["docx"])), " ".join(words_of(made.files["pdf"]))
    assert "root:" not in shown
    texts = page.text_content(), "\n".join(paragraph.text for paragraph in file.paragraphs)
    for text in HOSTILE[:5]:
        assert all(text in each for each in texts), text
    assert "#include" in shown


def test_a_long_word_stays_on_the_page() -> None:
    made = render(make(blocks.heading(1, "One"), blocks.paragraph("w" * 10_000)), ["pdf"]).files["pdf"]
    shown = [word for word in words_of(made) if set(word.replace("\u200b", "")) == {"w"}]
    assert sum(word.count("w") for word in shown) == 10_000
    assert max(map(len, shown)) < 120


def test_characters_without_a_glyph_are_replaced_and_named() -> None:
    made = render(make(blocks.heading(1, "One"), blocks.paragraph("a\ue000b\U000f0000c")), ["pdf"])
    assert made.missing == ("\ue000", "\U000f0000")
    assert f"a{fonts.REPLACEMENT}b{fonts.REPLACEMENT}c" in "".join(words_of(made.files["pdf"]))


def test_html_marks_language_and_direction_of_what_people_wrote() -> None:
    entry = blocks.entry("OCP-2017-0001", "Egypt", [("Structure", run(ARABIC, "ar", "rtl"))])
    page = html.fromstring(
        render(make(blocks.heading(1, "One"), blocks.heading(2, "Two"), entry), ["html"]).files["html"]
    )
    [passage] = page.xpath("//article/p[@dir]")
    assert (passage.get("lang"), passage.get("dir"), passage.text) == ("ar", "rtl", ARABIC)
    assert [link.get("href") for link in page.xpath("//nav//a")] == [
        f"#{each.get('id')}" for each in page.xpath("//main/h2|//main/h3")
    ]
    assert page.xpath("//script|//link|//iframe|//form|//@style|//@onclick") == []


def test_docx_has_styles_links_directions_and_a_text_for_each_chart() -> None:
    content = [
        blocks.heading(1, "الأول"),
        blocks.bars("شرح", [("مصر", 2, "2 (100%)")], source="query"),
        blocks.table([("البلد", "wide"), ("العدد", "number")], [["مصر", "2"]]),
        blocks.heading(2, "الثاني"),
        blocks.entry("OCP-2017-0001 – منظمة", "", [("", run("Hello", "en", "ltr"))]),
    ]
    file = docx.Document(io.BytesIO(render(make(*content, language="ar"), ["docx"]).files["docx"]))
    styles = [paragraph.style.name for paragraph in file.paragraphs if paragraph.style.name.startswith("Heading")]
    assert styles == ["Heading 1", "Heading 2", "Heading 3"]
    space = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}

    def find(path: str, node: Any = None) -> list[Any]:
        found: list[Any] = etree.ETXPath(path.replace("w:", f"{{{space['w']}}}"))(
            file.element if node is None else node._element
        )
        return found

    marks = {mark.get(f"{{{space['w']}}}name") for mark in find("//w:bookmarkStart")}
    assert {link.get(f"{{{space['w']}}}anchor") for link in find("//w:hyperlink")} <= marks
    [picture] = file.inline_shapes
    assert picture._inline.docPr.get("descr") == "شرح"
    title = next(paragraph for paragraph in file.paragraphs if paragraph.style.name == "Heading 3")
    assert find("w:pPr/w:bidi", title)
    assert [(each.text, bool(each.font.rtl)) for each in title.runs] == [("OCP-2017-0001", False), (" – منظمة", True)]
    hello = next(paragraph for paragraph in file.paragraphs if paragraph.text == "Hello")
    assert not find("w:pPr/w:bidi", hello)
    assert find("//w:bidiVisual")


@pytest.mark.parametrize("text", ["one\ttwo\nthree", " spaces around ", "\n", "\tone\n\n two"])
def test_docx_keeps_tabs_line_breaks_and_spaces(text: str) -> None:
    made = render(make(blocks.heading(1, "One"), blocks.bullets([text])), ["docx"]).files["docx"]
    [item] = [each for each in docx.Document(io.BytesIO(made)).paragraphs if each.style.name == "List Bullet"]
    assert item.text == text


def test_child_process_ends_at_its_time_limit_and_with_what_the_caller_raises() -> None:
    document = make(*everything("One"))
    with pytest.raises(RenderingFailed, match="within"):
        render(document, seconds=0.01)
    with pytest.raises(RenderingFailed, match="status"):
        render(document, megabytes=60)

    def stop() -> None:
        raise KeyError("stopping")

    with pytest.raises(KeyError):
        render(document, on_wait=stop)


def test_child_process_has_no_secret_of_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSIS_SECRET", "a secret of the tests, long enough to be one")
    seen: list[dict[str, str]] = []

    def look() -> None:
        """At the child that renders, once it runs its own program: other tests have children too."""
        for child in psutil.Process().children() if not seen else ():
            with suppress(psutil.Error):  # it may end between the two questions
                if "wsis_shared.rendering" in child.cmdline():
                    seen.append(child.environ())

    render(make(blocks.paragraph("x")), ["html"], seconds=60, megabytes=1500, on_wait=look)
    assert "PATH" in seen[0]
    assert [name for name in seen[0] if name.startswith("WSIS_")] == []


def test_child_process_lays_a_large_document_out_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_up_layouts.py").write_text(
        "from wsis_shared.rendering import blocks\n"
        "def lay_out(folder):\n"
        "    words = blocks.paragraph((folder / 'words.txt').read_text('utf-8'))\n"
        "    return blocks.document(language='en', direction='ltr', title='T', series='S', cover=[], running='R',\n"
        "                           contents='C', author='A', date='2017-03-17', blocks=[words])\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    made = render(Layout("made_up_layouts:lay_out", {"words.txt": b"One for the child"}), ["html"])
    assert b"One for the child" in made.files["html"]
    with pytest.raises(RenderingFailed, match="no_such_module"):
        render(Layout("no_such_module:lay_out", {}), ["html"])


def test_emphasis_of_officers_is_bold_in_every_format() -> None:
    written = blocks.emphasized(run("Access **for all** comes first, 2 ** 3."))
    assert [(each["text"], "strong" in each) for each in written] == [
        ("Access ", False),
        ("for all", True),
        (" comes first, 2 ** 3.", False),
    ]
    files = render(make(blocks.paragraph(written), blocks.bullets([written]))).files
    assert html.fromstring(files["html"]).xpath("//strong/text()") == ["for all", "for all"]
    paragraphs = docx.Document(io.BytesIO(files["docx"])).paragraphs
    bold = [part.text for each in paragraphs for part in each.runs if part.bold]
    assert bold.count("for all") == 2
    assert "**for" not in "".join(words_of(files["pdf"]))


@pytest.mark.parametrize("depth", [1, 2])
def test_table_of_contents_ends_at_its_level(depth: int) -> None:
    document = make(blocks.heading(1, "One"), blocks.heading(2, "Two"))
    made = render({**document, "depth": depth}, ["html", "docx"])
    assert len(html.fromstring(made.files["html"]).xpath("//nav//a")) == depth
    links = docx.Document(io.BytesIO(made.files["docx"])).element.xpath("//w:hyperlink")
    assert len(links) == depth


def test_the_page_behind_the_cover_has_the_imprint_in_every_format() -> None:
    address = "https://wsis.example/contact"
    printed = {"label": run("ISBN"), "words": [run("978-92-61-28741-2")]}
    asked = {"label": run("Contact"), "words": [run("Secretariat", link=address)]}
    document = make(blocks.heading(1, "One")) | {"imprint": [printed, asked], "colours": ["#e5243b", "#dda63a"]}
    made = render(document)
    with pikepdf.open(io.BytesIO(made.files["pdf"])) as pdf:
        assert len(pdf.pages) == 3, "cover, imprint, contents with the text"
        assert [str(note.A.URI) for note in pdf.pages[1].get("/Annots", ())] == [address]
    assert html.fromstring(made.files["html"]).xpath("//header//a/@href") == [address]
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(made.files["docx"])).paragraphs]
    assert {"ISBN", "978-92-61-28741-2", "Contact"} <= set(texts)


def test_a_link_is_one_in_every_format_and_its_address_is_not_broken() -> None:
    address = "https://register.example/en/register/an-entry-whose-address-is-longer-than-any-line-can-hold"
    named = blocks.linked(["About ", blocks.run("Santé", "fr")], address)
    inner = blocks.run("the table", link="#numbers")
    made = render(
        make(
            blocks.heading(1, "Links", id="numbers"),
            blocks.paragraph([*named, " and ", inner]),
            blocks.table([("Where", "text")], [[named]]),
        )
    )
    with pikepdf.open(io.BytesIO(made.files["pdf"])) as pdf:
        notes = [note for page in pdf.pages for note in page.get("/Annots", ())]
        found = [str(note.A.URI) for note in notes if "/URI" in note.get("/A", {})]
    assert set(found) == {address}
    html = made.files["html"].decode()
    assert html.count(f'<a href="{address}">') == 4
    assert '<a href="#numbers">the table</a>' in html
    with zipfile.ZipFile(io.BytesIO(made.files["docx"])) as docx:
        assert f'Target="{address}"' in docx.read("word/_rels/document.xml.rels").decode()
        assert 'w:anchor="b_numbers"' in docx.read("word/document.xml").decode()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "https://a b", 'https://a"onclick="'])
def test_what_is_no_address_of_the_web_is_no_link(address: str) -> None:
    with pytest.raises(ValueError, match="no link"):
        blocks.run("Here", link=address)


def test_a_table_over_pages_leaves_no_row_alone() -> None:
    split = 0
    for count in range(44, 60, 2):  # one of them is a row more than a page holds
        rows = [[f"row-{number}"] for number in range(count)]
        made = render(make(blocks.heading(1, "Rows"), blocks.table([("Name", "text")], rows)), ["pdf"])
        with pikepdf.open(io.BytesIO(made.files["pdf"])) as pdf:
            pages, last = len(pdf.pages), io.BytesIO()
            del pdf.pages[: pages - 1]
            pdf.save(last)
        if pages > 2:  # a cover, then the contents with the table
            split += 1
            assert sum(word.startswith("row-") for word in words_of(last.getvalue())) >= 3, count
    assert split > 1
