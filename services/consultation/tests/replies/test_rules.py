"""What the sender wrote, out of what mail clients send."""

from __future__ import annotations

import time
from email import encoders
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wsis_consultation.discussions.rules.addresses import MARKER
from wsis_consultation.replies.rules import mails, signatures
from wsis_consultation.replies.rules.text import reply_text

DATA = Path(__file__).parent
SENDER = "no-reply@wsis.example"
OF_CORPUS = "reply+7f3k9q2m.b6xw4t1n0zc8v5hs@discuss.example.org"
ADDRESS = "r.aa7uu2kzf5bbxwx6gq3kd2mabqb6kqaaaa.b6xw4t1n2zc5v5hsq7aa@mail.wsis.example"


def _load(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text("utf-8"))
    return rows


@pytest.mark.parametrize("row", _load("mail_replies.yaml"), ids=lambda row: row["id"])
def test_reply_is_exactly_what_was_written(row: dict[str, Any]) -> None:
    assert reply_text(row["body"], OF_CORPUS) == row["reply"]
    assert reply_text(row["body"].replace("\n", "\r\n"), OF_CORPUS) == row["reply"]


@pytest.mark.parametrize("row", _load("mail_replies_mime.yaml"), ids=lambda row: row["id"])
def test_reply_is_read_from_the_mail_of_any_client(row: dict[str, Any]) -> None:
    assert reply_text(mails.read(_mail(row)).body, ADDRESS, SENDER) == row["reply"]


def _mail(row: dict[str, Any]) -> bytes:
    parts = [_part(row, kind) for kind in ("text", "html") if kind in row]
    if "text_after" in row:
        parts += [MIMEImage(b"\x89PNG", "png"), _part({**row, "text": row["text_after"]}, "text")]
    whole = parts[0]
    if len(parts) > 1:
        whole = MIMEMultipart("mixed" if "text_after" in row else "alternative")
        for part in parts:
            whole.attach(part)
    whole["From"] = "Jane <jane@ngo.example>"
    whole["Subject"] = "Re: New comment"
    return whole.as_bytes()


def _part(row: dict[str, Any], kind: str) -> MIMEBase:
    part = MIMEBase("text", "html" if kind == "html" else "plain")
    charset = row.get("charset", "utf-8")
    if row.get("declared", True):
        part.set_param("charset", charset)
    if row.get("flowed"):
        part.set_param("format", "flowed")
        part.set_param("delsp", "yes" if row.get("delsp") else "no")
    source = (
        row[kind]
        .replace("ADDRESS", ADDRESS)
        .replace("SENDER", SENDER)
        .encode(charset, row.get("charset_errors", "strict"))
    )
    part.set_payload(source)
    if row.get("encoding") == "base64":
        encoders.encode_base64(part)
    elif row.get("encoding") == "quoted-printable":
        encoders.encode_quopri(part)
    else:
        part["Content-Transfer-Encoding"] = "8bit"
        part.set_payload(source.decode("ascii", "surrogateescape"))
    return part


def test_the_declared_charset_stands_where_a_text_is_too_short_to_guess() -> None:
    head = b"Content-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    assert mails.read(head + "Да.".encode("windows-1251")).body == "Да."


SENTENCES = [
    "reply above this line.",
    "répondez au-dessus de cette ligne.",
    "responda acima desta linha.",
    "responda encima de esta línea.",
    "请在此行上方回复。",
    "اكتب ردك فوق هذا السطر.",
    "пишите ответ выше этой строки.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("marker", [MARKER, f"\u2068{MARKER}\u2069"])
def test_marker_ends_the_reply(marker: str, sentence: str) -> None:
    assert reply_text(f"Yes.\n\n{marker} {sentence}\n\nWhat they said.", ADDRESS) == "Yes."


_WORDS = st.text("abcdefgh йжф 教育 سلام", min_size=1, max_size=60).map(str.strip).filter(bool)
_PARAGRAPHS = st.lists(_WORDS, min_size=1, max_size=6).map("\n\n".join)


@given(_PARAGRAPHS, st.sampled_from(["> ", ">", ""]), st.sampled_from(SENTENCES))
def test_whatever_our_mail_said_does_not_come_back(written: str, mark: str, sentence: str) -> None:
    attribution = f"WSIS <{ADDRESS}>, 2016-11-30 10:05:"
    quote = [f"{MARKER} {sentence}", "", "SECRET of others", "SECRET again"]
    body = "\n".join([written, "", attribution, "", *(mark + line for line in quote)])
    assert reply_text(body, ADDRESS) == "\n".join(line.strip() for line in written.split("\n"))


@given(st.text(max_size=400) | st.text("ab>:-\n 1", max_size=200))
def test_reply_invents_nothing(body: str) -> None:
    def check(text: str) -> None:
        rest = iter(text)
        assert all(char in rest for char in reply_text(text, ADDRESS) if not char.isspace())

    check(body)
    below = f"I agree.\n\n{MARKER} {SENTENCES[0]}\n\n{body}"
    check(below)
    assert reply_text(below, ADDRESS) == "I agree.", "an empty reply would invent nothing either"


@pytest.mark.parametrize(
    "body",
    [
        "\n" * 200_000,
        " \n" * 100_000,
        "> \n" * 80_000,
        "a" * 16_000,
        "From:\n" * 2_700,
        "On " * 5_000,
        "-" * 16_000,
        "Thanks,\n" * 2_000,
        "Sent from my " * 1_200,
        "_" * 33 + "\n\n" * 8_000,
        "Le a écrit " * 1_400,
        "\u200b" * 9999,
        "De : x\n" * 2_300,
        "On x\n" * 3_000 + "wrote:",
        "2016 " * 3_000 + ":",
        (">" * 50 + "\n") * 4_000,
    ],
    ids=range(16),
)
def test_no_text_keeps_the_parser_busy(body: str) -> None:
    began = time.process_time()
    reply_text(body, ADDRESS)
    assert time.process_time() - began < 1.0


def test_too_long_a_reply_is_not_shortened_in_silence() -> None:
    with pytest.raises(signatures.TooLong):
        reply_text("word " * 4_000, ADDRESS)


def test_long_lines_and_indents_stay_as_they_are() -> None:
    written = "- one\n    - two " + "long " * 200 + "end"
    assert reply_text(f"{written}\n\nRegards,\nJane", ADDRESS) == written


@given(st.lists(st.text("ab >", max_size=20), max_size=8).map("\n".join))
def test_flowed_text_keeps_every_word(text: str) -> None:
    assert "".join(mails.joined(text, delsp=False).replace(">", "").split()) == "".join(text.replace(">", "").split())


ROUNDCUBE = "Merci, c'est très utile.\n\n---\n{signature}\n\nLe 2017-01-12 10:22, WSIS a écrit :\n> {marker}\n> Bonjour"


@pytest.mark.parametrize(
    "signature", ["Awa Diop", "Awa Diop\nRéseau des ONG", "Awa Diop\nDakar\n+221 33 000 00 00", ""]
)
@pytest.mark.parametrize("dashes", ["---", "--", "-----", "—"])
def test_a_line_of_dashes_before_a_name_begins_a_signature(signature: str, dashes: str) -> None:
    body = ROUNDCUBE.format(signature=signature, marker=MARKER).replace("---", dashes)
    assert reply_text(body, ADDRESS) == "Merci, c'est très utile."


@pytest.mark.parametrize(
    "written",
    [
        "First part.\n\n---\n\nAnd this is what follows from it.",
        "Two things:\n\n---\n\n- access\n- skills",
        "One\n---\nTwo\nThree\nFour\nFive",
        "---\nAwa Diop",
    ],
)
def test_a_line_of_dashes_in_a_text_stays(written: str) -> None:
    assert reply_text(f"{written}\n\n> {MARKER} above\n> text", ADDRESS) == written


@pytest.mark.parametrize(
    ("signed", "name"),
    [
        ("王小明", "王小明"),
        ("王小明", "小明 王"),
        ("Ada Umutoni", "Ada Umutoni"),
        ("UMUTONI Ada", "Ada Umutoni"),
        ("ليلى منصور", "ليلى منصور"),
        ("João  Almeida,", "João Almeida"),
    ],
)
def test_the_own_bare_name_is_a_signature(signed: str, name: str) -> None:
    body = f"同意。\n\n\n\n{signed}\n \n发件人： WSIS\n> {MARKER}\n> text"
    assert reply_text(body, ADDRESS, name=name) == "同意。"
    assert reply_text(f"{signed}\n\n> {MARKER}", ADDRESS, name=name) == signed, "who writes nothing else says the name"
    assert reply_text(body, ADDRESS, name="Somebody Else").endswith(signed)
    assert reply_text(f"同意。\n{signed} 说得对\n\n> {MARKER}", ADDRESS, name=name).endswith("说得对")
