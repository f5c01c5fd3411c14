"""How officers look at files of a contribution, publish them, and let somebody in late, without a broker."""

import pytest
from wsis_shared.errors import Conflict

from ..page_answers import ANSWERED, SUBMISSION
from ..page_kit import in_each_language, site, sound

DESK = "/en/desk/consultations/2017"
FILES = f"{DESK}/submissions/s1/files"
FILE = {
    "id": "a1",
    "filename": "plan.pdf",
    "media_type": "application/pdf",
    "size": 20480,
    "sha256": "0" * 64,
    "at": "2017-01-11T08:00:00Z",
    "scan": "clean",
    "published_at": None,
    "removed": False,
}
OVERRIDE = {"edition": "2017", "name": "Ada", "reason": "Power cut", "by": "a", "expires_at": "2017-03-01T22:00:00Z"}
INPUT = {
    **SUBMISSION,
    "event": None,
    "answers": {name: text for name, text in ANSWERED.items() if name not in ("requests", "email", "full_name")},
    "per_line": [],
    "requests": [],
}


@pytest.fixture
def pages():
    pages = site(
        list_waiting={"items": []},
        read_input=INPUT,
        list_attachments={"items": [FILE, {**FILE, "id": "a2", "filename": "map.png", "published_at": FILE["at"]}]},
        publish_attachment=FILE,
        withdraw_attachment=FILE,
        allow_late_amendment=OVERRIDE,
        allow_late_submission=OVERRIDE,
    )
    return pages.sign_in("officer")


@pytest.mark.parametrize("path", ["submissions/s1/files", "late-submission"])
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, f"/desk/consultations/2017/{path}")
    for role in ("member", "agency"):
        pages.cookies.clear()
        assert pages.sign_in(role).get(f"{DESK}/{path}").status == 403


def test_officers_are_led_to_the_files_and_agencies_are_not(pages):
    link = f"//a[@href='{FILES}']"
    assert pages.get(f"{DESK}/submissions/s1").all(link)
    pages.cookies.clear()
    assert not pages.sign_in("agency").get(f"{DESK}/submissions/s1").all(link)


def test_a_file_is_published_or_no_longer(pages):
    shown = pages.get(FILES)
    assert "?file=attachment&attachment=a1" in str(shown.all("//main//a[contains(., 'plan.pdf')]/@href")[0])
    done = shown.send(shown.form("Publish the file"), reason="Asked for")
    assert done.address == f"{FILES}?done=yes"
    shown.send(shown.form("Publish it no longer"))
    [one, other] = pages.sent("publish_attachment")
    assert (one["attachment"], one["body"]) == ("a1", {"published": True, "reason": "Asked for"})
    assert (other["attachment"], other["body"]["published"]) == ("a2", False)


def test_a_file_that_is_not_scanned_is_refused_at_its_row(pages):
    pages.bus.answers["consultation.publish_attachment"] = Conflict("consultation.attachment_not_scanned", "")
    shown = pages.get(FILES)
    refused = shown.send(shown.form("Publish the file"), reason="Asked for")
    assert refused.status == 409
    texts = [each.value for each in refused.all("//form[.//button[contains(., 'ublish')]]//textarea")]
    assert texts == ["Asked for", ""], "nothing typed is lost"


def test_a_file_is_removed_with_a_reason_and_a_check(pages):
    shown = pages.get(FILES)
    check = shown.send(shown.form("Remove the file", 1), reason="Harmful")
    sound(check)
    assert "map.png" in check.text()
    assert pages.sent("withdraw_attachment") == []
    check.send()
    [removed] = pages.sent("withdraw_attachment")
    assert (removed["attachment"], removed["body"]) == ("a2", {"reason": "Harmful"})


def test_somebody_is_let_in_late(pages):
    typed = {"name": "Ana Diallo", "email": "ana@ngo.example", "expires_at": "2017-03-01T23:00", "reason": "Power cut"}
    check = pages.get(f"{DESK}/late-submission").send(**typed)
    assert pages.sent("allow_late_submission") == []
    check.send()
    body = pages.sent("allow_late_submission")[0]["body"]
    assert (body["email"], body["expires_at"].isoformat()) == ("ana@ngo.example", "2017-03-01T22:00:00+00:00")
    shown = pages.get(FILES)
    shown.send(len(shown.tree.forms) - 1, expires_at="2017-03-01T23:00", reason="Power cut").send()
    assert pages.sent("allow_late_amendment")[0]["submission"] == "s1"
