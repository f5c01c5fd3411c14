"""The page of the authenticator app: set up, show a code, go without."""

import pytest
from wsis_shared.errors import Forbidden, Invalid
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

PAGE = "/en/me/second-factor"
NONE = {"active": False, "since": None, "recovery_codes_left": 0, "demanded": True, "missing": "authenticator"}
SHOWN = {"active": True, "since": "2017-03-20T12:00:00Z", "recovery_codes_left": 9, "demanded": True, "missing": None}
MADE = {"secret": "JBSWY3DPEHPK3PXP", "uri": "otpauth://totp/WSIS:a%40b.example?secret=JBSWY3DPEHPK3PXP&issuer=WSIS"}


@pytest.fixture
def pages():
    answers = {
        "accounts.read_authenticator": NONE,
        "accounts.make_authenticator": {**MADE, "recovery_codes": [f"abcde{n:05}" for n in range(22222, 22232)]},
        "accounts.remove_authenticator": None,
    }
    pages = Pages(answers, "accounts").sign_in("officer")
    pages.cookies["__Host-wsis-r"] = "r1"
    pages.bus.answers["accounts.show_code"] = pages.tokens({})
    return pages


def called(pages):
    return [name for name, *_ in pages.bus.calls]


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("state", [NONE, SHOWN, {**SHOWN, "missing": "code"}], ids=["none", "shown", "missing"])
def test_it_shows_in_each_language(pages, language, state):
    pages.bus.answers["accounts.read_authenticator"] = state
    shown = pages.get(f"/{language}/me/second-factor")
    assert (shown.status, len(shown.all("//h1"))) == (200, 1)
    assert "None" not in shown.text()


def test_the_app_scans_a_picture_and_its_first_code_sets_it_up(pages):
    made = pages.get(PAGE).send(0)
    assert MADE["secret"] in made.text()
    assert len(made.all("//main//li//code")) == 10
    [picture] = made.all("//main//*[local-name()='svg']")
    assert picture.get("aria-label") == "Scan this picture with the app"
    done = made.send(0, code="123 456")
    assert done.text("//div[@role='status']") == "Done. Your roles count in this session."
    [sent] = pages.bodies("show_code")
    assert sent["code"] == "123456"
    assert (sent["refresh_token"], pages.cookies["__Host-wsis-r"]) == ("r1", "r2")


def test_a_wrong_code_is_typed_again(pages):
    pages.bus.answers["accounts.read_authenticator"] = {**SHOWN, "missing": "code"}
    pages.bus.answers["accounts.show_code"] = Invalid(
        "accounts.authenticator_code_invalid", fields={"code": ["Type what the app shows now."]}
    )
    again = pages.get(PAGE).send(0, code="000000")
    assert again.status == 422
    assert "Type what the app shows now." in again.text("//main//form")
    assert again.all("//input[@name='code']/@value") == ["000000"]


def test_who_signed_in_long_ago_signs_in_again_and_goes_on(pages):
    pages.bus.answers["accounts.make_authenticator"] = Forbidden("accounts.sign_in_again")
    for query, following in (("", "/me/second-factor"), ("?next=%2Fdesk%2Faudit", "/desk/audit")):
        refused = pages.get(PAGE + query).send(0)
        assert refused.status == 403
        [address] = refused.all("//main//a[text()='Sign in']/@href")
        assert pages.get(address).all("//main//input[@name='_next']/@value") == [following]


def test_who_comes_from_a_provider_is_asked_for_the_code_and_goes_on(pages):
    pages.bus.answers |= {
        "accounts.read_authenticator": {**SHOWN, "missing": "code"},
        "accounts.sign_in_by_identity": {**pages.tokens({}), "missing": "code"},
        "accounts.list_sessions": {"items": [], "next": None},
    }
    pages.cookies["__Host-wsis-i"] = "b1.%2Fme%2Fsessions"
    asked = pages.get("/en/sign-in/return/itu?state=s1&code=c1").send()
    assert (asked.status, asked.address) == (200, f"{PAGE}?next=%2Fme%2Fsessions")
    assert asked.send(code="123456").address == "/en/me/sessions"


def test_it_is_removed_after_a_check(pages):
    pages.bus.answers["accounts.read_authenticator"] = SHOWN
    check = pages.get(PAGE).send(1)
    assert "accounts.remove_authenticator" not in called(pages)
    assert "the code that we mail is enough" in check.text()
    assert check.send(0).text("//div[@role='status']") == "Your account has no authenticator app any more."
