"""The pages of accounts, without a broker: signing in, and what a session may do."""

import json

import pytest
from wsis_shared.errors import Invalid, Unauthenticated
from wsis_shared.schemas import LOCALES
from wsis_shared.settings import Suite
from wsis_testkit.pages import Pages

ACCOUNT = {
    "account": "a1",
    "state": "confirmed",
    "email": "amina@example.org",
    "names": "Amina Diallo",
    "given_name": "Amina",
    "family_name": "Diallo",
    "locale": "fr",
    "country": "SN",
    "stakeholder_type": "civil_society",
    "organization": "<b>Femmes numériques</b>",
    "roles": [],
}
SESSION = {"started_at": "2017-02-20T08:00:00Z", "used_at": "2017-02-20T09:30:00Z", "ends_at": "2017-03-22T09:30:00Z"}
SESSIONS = {
    "items": [{"session": "s1", "current": True, **SESSION}, {"session": "s2", "current": False, **SESSION}],
    "next": None,
}
ADDRESS, ACCESS, REFRESH = "__Host-wsis-a", "__Host-wsis", "__Host-wsis-r"


@pytest.fixture
def pages():
    """A browser, and accounts that answer as if all went well."""
    pages = Pages({"accounts.read_me": ACCOUNT, "accounts.list_sessions": SESSIONS}, "accounts")

    pages.bus.answers |= {
        "accounts.request_code": {"message": "On its way"},
        "accounts.register": {"message": "On its way"},
        "accounts.sign_in": pages.tokens,
        "accounts.refresh": pages.tokens,
        "accounts.sign_out": None,
        "accounts.sign_out_everywhere": None,
        "accounts.end_my_session": None,
        "accounts.change_me": ACCOUNT,
        "accounts.mail_erasure_link": {"message": "On its way"},
        "accounts.erase_address": None,
    }
    return pages


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/sign-up", "/confirm", "/sign-out", "/erase", "/me", "/me/sessions", "/me/details"]
)
def test_a_page_shows_in_each_language(pages, path, language):
    shown = pages.sign_in().get(f"/{language}{path}")
    assert (shown.status, shown.all("/html/@lang")) == (200, [language])
    assert len(shown.all("//h1")) == 1
    assert "None" not in shown.text()


def test_somebody_signs_in_and_comes_back_to_the_page(pages):
    asked = pages.get("/fr/me/sessions")
    assert asked.address == "/fr/sign-in?next=%2Fme%2Fsessions"
    confirm = asked.send(email="amina@example.org")
    assert confirm.address.partition("?")[0] == "/fr/confirm"
    assert "amina@example.org" in confirm.text()
    assert "amina" not in confirm.address, "the address is no part of any address"
    shown = confirm.send(code="123 456")
    assert (shown.address, shown.status) == ("/fr/me/sessions", 200)
    assert {ACCESS, REFRESH} == set(pages.cookies)
    [(_, body)] = [(name, sent["body"]) for name, sent, _ in pages.bus.calls if name == "accounts.sign_in"]
    assert body == {"email": "amina@example.org", "code": "123456"}


def test_the_cookies_are_for_pages_alone(pages):
    shown = pages.get("/en/sign-in").send(email="amina@example.org").send(code="123456")
    cookies = shown.result.headers  # of the page after it
    assert "set-cookie" not in cookies
    sent = pages.post("/en/confirm", {"email": "amina@example.org", "code": "123456"})
    assert sent.status == 200
    pages.cookies = {f"{ACCESS}": pages.signer.token()}
    assert pages.get("/v1/me").status == 401, "no cookie opens the API"


def test_a_wrong_address_comes_back_with_what_was_typed(pages):
    shown = pages.get("/en/sign-in").send(email="amina@@")
    assert shown.status == 422
    assert shown.text("//title").startswith("Error:")
    [link] = shown.all("//div[@role='alert']//a/@href")
    [field] = shown.all(f"//*[@id='{link[1:]}']")
    assert (field.get("value"), field.get("aria-invalid")) == ("amina@@", "true")
    assert shown.text(f"//*[@id='{field.get('aria-describedby')}']") == "Not a mail address."


@pytest.mark.parametrize("path", ["/en/sign-in", "/en/sign-up"])
def test_a_busy_network_is_asked_for_a_proof_of_work(pages, path):
    call = "accounts.request_code" if path == "/en/sign-in" else "accounts.register"
    person = {"given_name": "Amina", "family_name": "Diallo", "country": "SN", "stakeholder_type": "civil_society"}
    typed = {"email": "amina@example.org", **(person if path == "/en/sign-up" else {})}
    answer = pages.bus.answers[call]
    needed = {"challenge": ["Solve one of GET /v1/challenges."]}
    pages.bus.answers[call] = Invalid("accounts.proof_of_work_needed", "", fields=needed)
    asked = pages.get(path).send(**typed)
    assert (asked.status, asked.all("//input[@name='email']/@value")) == (422, ["amina@example.org"])
    [note] = asked.all("//form//*[@data-challenge]")
    assert (note.get("data-challenge"), note.text) == (
        "/v1/challenges",
        "Wait a minute and send the form again, or use a browser that runs scripts.",
    )
    [link] = asked.all("//div[@role='alert']//a")
    assert (link.get("href")[1:], "/v1" in link.text) == (note.get("id"), False)
    pages.bus.answers[call] = answer
    assert asked.send(challenge="solved").address.startswith("/en/confirm")
    assert pages.bus.calls[-1][1].get("body", {}).get("challenge") in (None, "solved")
    assert [sent["body"]["challenge"] for name, sent, _ in pages.bus.calls if name == call] == [None, "solved"]


def test_what_is_wrong_stands_in_the_order_of_the_fields(pages):
    shown = pages.get("/en/sign-up").send()
    links = [link.removeprefix("#") for link in shown.all("//div[@role='alert']//a/@href")]
    assert links == [field for field in shown.all("//main//form//*[@name]/@id") if field in links]


def test_the_code_of_a_mail_needs_no_address(pages):
    """The script moves both from the fragment of the link into the form."""
    fields = [("_form", "prove"), ("challenge", "c1"), ("code", "123456")]
    assert pages.post("/en/confirm", fields).address == "/en/me"


@pytest.mark.parametrize("typed", [("challenge", "c1"), ("email", "other@example.org")])
def test_only_who_asked_here_goes_on_to_the_page_that_was_asked_for(pages, typed):
    pages.get("/en/sign-in").send(email="amina@example.org")
    fields = [("_form", "prove"), typed, ("code", "123456"), ("_next", "/me/sessions")]
    assert pages.post("/en/confirm", fields).address == "/en/me"


def test_a_wrong_code_says_so(pages):
    pages.bus.answers["accounts.sign_in"] = Unauthenticated("accounts.code_invalid", "")
    shown = pages.get("/en/sign-in").send(email="amina@example.org").send(code="123456")
    assert shown.status == 401
    assert "The code is wrong" in shown.text("//div[@role='alert']")


def test_the_field_that_a_service_refuses_is_named(pages):
    refusal = Invalid("accounts.email_invalid", "", fields={"email": ["Not a mail address."]})
    pages.bus.answers["accounts.request_code"] = refusal
    shown = pages.get("/ar/sign-in").send(email="amina@example.org")
    assert shown.status == 422
    assert "البريد الإلكتروني: " in shown.text("//div[@role='alert']")


def test_who_signs_in_again_ends_the_session_before(pages):
    pages.cookies[REFRESH] = "r1"
    pages.get("/en/confirm").send(email="amina@example.org", code="123456")
    [sent] = pages.bodies("sign_in")
    assert sent["refresh_token"] == "r2", "that of the renewal, which the page has begun with"


def test_an_access_token_that_is_over_is_renewed(pages):
    pages.cookies[REFRESH] = "r1"
    assert pages.get("/en/me").status == 200
    assert pages.cookies[REFRESH] == "r2"


def test_a_session_that_has_ended_asks_to_sign_in(pages):
    pages.bus.answers["accounts.refresh"] = Unauthenticated("accounts.refresh_invalid", "")
    pages.cookies[REFRESH] = "r1"
    assert pages.get("/en/me").address == "/en/sign-in?next=%2Fme"
    assert pages.cookies == {}


def test_signing_out_forgets_the_session(pages):
    shown = pages.sign_in().get("/en/sign-out").send()
    assert (shown.address, pages.cookies) == ("/en/", {})


def test_signing_out_everywhere_forgets_the_session_too(pages):
    sessions = pages.sign_in().get("/en/me/sessions")
    shown = sessions.send(sessions.form_named("everywhere"))
    assert (shown.address, pages.cookies) == ("/en/", {})
    assert len(pages.sent("sign_out_everywhere")) == 1


def test_people_change_what_the_platform_knows_about_them(pages):
    [details] = pages.sign_in().get("/en/me").all("//a[text()='Change my details']/@href")
    shown = pages.get(str(details))
    assert shown.tree.forms[0].fields["country"] == "SN"
    changed = shown.send(family_name="Ndiaye", organization="", locale="ar")
    assert (changed.address, "Saved." in changed.text()) == ("/en/me/details?done=saved", True)
    [body] = pages.bodies("change_me")
    assert (body["given_name"], body["family_name"]) == ("Amina", "Ndiaye")
    assert (body["organization"], body["locale"]) == (None, "ar")


def test_a_country_that_is_none_is_said_at_its_field(pages):
    shown = pages.sign_in().get("/fr/me/details").send(country="XX", family_name="Ndiaye")
    assert (shown.status, shown.all("//div[@role='alert']//a/@href")) == (422, ["#change-country"])
    assert shown.tree.forms[0].fields["family_name"] == "Ndiaye"


def test_an_address_is_erased_by_the_link_of_a_mail(pages):
    asked = pages.get("/fr/erase").send(email="amina@example.org")
    assert asked.address == "/fr/erase?done=asked"
    token = f"{'a' * 32}.{'b' * 32}"
    wrong = asked.send(1, token="x")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#erase-token"])
    assert wrong.send(1, token=token).address == "/fr/erase?done=erased"
    sent = pages.bodies("erase_address")
    assert sent == [{"token": token}]


def test_another_session_ends_by_its_button(pages):
    shown = pages.sign_in().get("/en/me/sessions")
    [form] = [number for number, form in enumerate(shown.tree.forms) if ("session", "s2") in form.form_values()]
    assert shown.send(form).address == "/en/me/sessions"
    assert [sent["session"] for name, sent, _ in pages.bus.calls if name == "accounts.end_my_session"] == ["s2"]


def test_a_form_that_comes_too_late_is_carried_through_the_sign_in(pages):
    shown = pages.sign_in().get("/en/me/sessions")
    pages.cookies.clear()
    late = shown.send(1)
    assert late.status == 401
    back = late.send(email="amina@example.org").send(code="123456")
    assert "Nothing was sent yet" in back.text("//div[@role='alert']")
    assert [name for name, *_ in pages.bus.calls if name == "accounts.end_my_session"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "", "Origin": "http://127.0.0.1:8000"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_form_of_another_site_is_refused(pages, headers):
    shown = pages.sign_in().post("/en/sign-out", {}, **headers)
    assert shown.status == 403
    assert pages.cookies, "nothing was done"


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1:8001"])
def test_a_browser_that_says_no_site_says_its_origin(pages, origin):
    about = {"Content-Type": "application/x-www-form-urlencoded"}
    headers = about | ({"Origin": origin} if origin else {})
    assert pages.sign_in()._request("POST", "/en/sign-out", headers, "").status == 403
    headers = about | {"Origin": Suite.current().public_url.rstrip("/")}
    assert pages._request("POST", "/en/sign-out", headers, "").address == "/en/"


@pytest.mark.parametrize(
    "next", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/me\r\nX: y", "me"]
)
def test_after_the_sign_in_nobody_is_led_elsewhere(pages, next):
    fields = {"_next": next, "email": "amina@example.org", "code": "123456"}
    assert pages.post("/en/confirm", fields).address == "/en/me"


def test_two_cookies_of_one_name_are_none(pages):
    token = pages.signer.token()
    shown = pages._request("GET", "/en/me", {"Cookie": f"{ACCESS}={token}; {ACCESS}={token}"})
    assert shown.address.startswith("/en/sign-in")


@pytest.mark.parametrize("space", [" ", "\t", "\xa0", "\x85"])
def test_spaces_of_unicode_are_part_of_the_name_of_a_cookie(pages, space):
    planted = f"x=y;{space}{ACCESS}={pages.signer.token()}"
    shown = pages._request("GET", "/en/me", {"Cookie": planted})
    assert shown.address.startswith("/en/me" if space in " \t" else "/en/sign-in")


def test_what_people_wrote_stays_text(pages):
    shown = pages.sign_in().get("/en/me")
    assert "<b>Femmes" not in shown.html
    assert "<b>Femmes numériques</b>" in shown.text()


def test_personal_pages_are_not_kept(pages):
    headers = pages.sign_in().get("/en/me").headers
    assert headers["cache-control"] == "no-store"
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"


def test_a_name_without_a_language_leads_to_the_readers(pages):
    shown = pages.get("/sign-in?next=/me", **{"Accept-Language": "zh-CN"})
    assert shown.address == "/zh/sign-in?next=/me"
    assert pages.get("/", **{"Accept-Language": "xx"}).address == "/en/"
    assert pages.get("/nowhere").status == 404


@pytest.mark.parametrize("path", ["/en/me", "/en/me/details"])
def test_a_person_takes_all_data_of_the_account_along(pages, path):
    pages.bus.answers["accounts.export_me"] = {"account": ACCOUNT, "sessions": SESSIONS["items"], "audit": []}
    given = pages.sign_in().file(path, "account")
    assert given.headers["content-disposition"].startswith('attachment; filename="account-')
    assert json.loads(given.html)["account"]["email"] == "amina@example.org"
    pages.cookies.clear()
    assert pages.get("/en/me/details?file=account").address.startswith("/en/sign-in?next=")
