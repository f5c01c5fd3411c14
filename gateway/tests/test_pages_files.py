"""Files that people send by the form of a page, as browsers do, over the real gateway."""

import io
import re
import uuid

import pytest
from falcon import testing
from lxml import html as markup
from wsis_shared import mongo
from wsis_shared.blobs import store
from wsis_shared.schemas import LOCALES
from wsis_shared.translations import by_key
from wsis_testkit.pages import Pages

from wsis_gateway.web import form_files
from wsis_gateway.web.texts import OWN, PART

PDF = b"%PDF-1.7\n" + b"x" * 200_000 + b"\n%%EOF\n"
CHOSEN = ("Zwei Wörter.pdf", PDF, "application/pdf")
PAGE, CHECKED, MINE = "/en/papers/new", "/en/papers/checked", "/en/papers/mine"


@pytest.fixture
def files(environment):
    """The rows of the service's bucket."""
    rows = mongo.database(store.DATABASE)["sample.files"]
    rows.delete_many({})
    return rows


class Browser:
    """Someone with a session, who opens a page and sends its form."""

    def __init__(self, http, keys, sub):
        self._http, self._cookie = http, f"__Host-wsis={keys.token(sub=sub)}" if sub else ""

    def send(self, page, chosen=None, where=PAGE, **typed):
        """Fill in the form of a page that was answered, and choose a file."""
        form = markup.fromstring(page.text).forms[0]
        assert form.get("enctype") == "multipart/form-data"
        fields = dict(form.form_values()) | typed
        # A browser sends the field of a file in any case; without a name where nothing is chosen.
        parts = [(name, (None, text)) for name, text in fields.items() if name != "file"]
        parts.insert(len(parts) - 1, ("file", chosen or ("", b"", "application/octet-stream")))
        headers = {"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin"}
        answer = self._http.post(where, files=parts, headers=headers)
        return self.get(answer.headers["location"]) if answer.status_code == 303 else answer

    def get(self, address=PAGE):
        return self._http.get(address, headers={"Cookie": self._cookie})


@pytest.fixture
def ada(http, keys):
    return Browser(http, keys, "ada")


@pytest.fixture
def bob(http, keys):
    return Browser(http, keys, "bob")


def wrong(page):
    """Field -> error, as the page shows it."""
    found = markup.fromstring(page.text).xpath("//p[@class='wrong']")
    return {each.get("id"): each.text_content() for each in found}


def kept(page):
    return "".join(markup.fromstring(page.text).xpath("//input[@name='_kept']/@value"))


def done(page):
    """The note that the page says was made."""
    found = markup.fromstring(page.text).xpath("//*[@role='status']//code")
    assert found, markup.fromstring(page.text).xpath("string(//main)")
    return found[0].text_content()


def test_limits_are_said_before_a_file_is_chosen(ada):
    tree = markup.fromstring(ada.get().text)
    [field] = tree.xpath("//input[@type='file']")
    assert tree.xpath("string(//*[@id='paper-file-hint'])") == "PDF or CSV, at most 2 MB"
    assert (field.get("accept"), field.get("data-most")) == (".pdf,.csv", "2000000")
    assert field.get("aria-describedby") == "paper-file-hint"


def test_a_file_and_its_fields_arrive_together(http, ada, files):
    note = done(ada.send(ada.get(), CHOSEN, title="A paper"))
    assert http.get(f"/v1/notes/{note}/paper").content == PDF
    [row] = files.find()
    assert (row["filename"], row["owner"], "expires_at" in row) == ("Zwei Wörter.pdf", f"note/{note}", False)


def test_a_file_need_not_be_chosen_again_after_an_error(http, ada, files):
    refused = ada.send(ada.get(), CHOSEN, text="Typed")
    assert refused.status_code == 422
    assert list(wrong(refused)) == ["paper-title-error"]
    assert "\u2068Zwei Wörter.pdf\u2069 was received" in refused.text
    assert "Typed" in refused.text
    note = done(ada.send(refused, title="A paper"))
    assert http.get(f"/v1/notes/{note}/paper").content == PDF
    assert files.count_documents({}) == 1, "stored once"


def test_a_file_that_was_kept_may_be_replaced(http, ada, files):
    refused = ada.send(ada.get(), CHOSEN)
    note = done(ada.send(refused, ("rows.csv", b"a,b\n1,2\n", "text/csv"), title="A paper"))
    assert http.get(f"/v1/notes/{note}/paper").content == b"a,b\n1,2\n"


def test_nobody_else_sends_a_file_that_was_kept(http, ada, bob, keys, files):
    refused = ada.send(ada.get(), CHOSEN)
    for other, where in ((bob, PAGE), (Browser(http, keys, "carol"), PAGE), (ada, CHECKED)):
        answer = other.send(refused, title="Mine", where=where)
        assert wrong(answer) == {"paper-file-error": "Choose a file."}
    assert done(ada.send(refused, title="Mine"))


def test_a_file_that_a_service_has_taken_is_no_longer_kept(ada, files):
    refused = ada.send(ada.get(), CHOSEN)
    assert done(ada.send(refused, title="One"))
    assert wrong(ada.send(refused, title="Another", _key="k2")) == {"paper-file-error": "Choose a file."}


@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        (None, "Choose a file."),
        (("a.pdf", b"", "application/pdf"), "This file is empty."),
        (("a.pdf", PDF + b"x" * 2_000_000, "application/pdf"), "This file is too large."),
        (("a.pdf", b"MZ" + bytes(500), "application/pdf"), "Files of this type are not accepted here."),
        (("a.exe", PDF, "application/pdf"), "The name of this file must end in .pdf."),
    ],
)
def test_what_is_wrong_with_a_file_stands_at_its_field_beside_all_that_was_typed(ada, files, chosen, error):
    refused = ada.send(ada.get(), chosen, text="Typed after the file")
    assert wrong(refused) == {"paper-title-error": "This is required.", "paper-file-error": error}
    assert ("text", "Typed after the file") in markup.fromstring(refused.text).forms[0].form_values()
    assert (kept(refused), files.count_documents({})) == ("", 0)


def test_a_file_that_the_service_refuses_is_not_offered_again(ada, files):
    refused = ada.send(ada.get(), CHOSEN, title="unread")
    assert wrong(refused) == {"paper-file-error": "Not a paper."}
    assert (kept(refused), files.count_documents({})) == ("", 0)


def test_a_form_that_is_checked_brings_its_file_along(http, ada, files):
    check = ada.send(ada.get(CHECKED), CHOSEN, CHECKED, title="A paper")
    assert "Zwei Wörter.pdf" in markup.fromstring(check.text).xpath("string(//dl)")
    note = done(ada.send(check, where=CHECKED))
    assert http.get(f"/v1/notes/{note}/paper").content == PDF


def test_without_a_session_nothing_is_stored_and_nothing_typed_is_lost(http, keys, ada, files):
    answer = Browser(http, keys, "").send(ada.get(), CHOSEN, title="A paper", text="Typed after the file")
    assert answer.status_code == 401
    assert ("text", "Typed after the file") in markup.fromstring(answer.text).forms[0].form_values()
    assert "it was not kept" in answer.text
    assert files.count_documents({}) == 0


def test_files_of_forms_count_as_the_route_says(run_gateway, sample, keys, files):
    http = run_gateway(WSIS_LIMIT_HEAVY="1/minute").http
    ada = Browser(http, keys, "ada-often")
    refused = ada.send(ada.get(), CHOSEN)
    assert done(ada.send(refused, title="Kept before")), "no file arrives: it does not count"
    again = ada.send(ada.get(), CHOSEN, title="Another")
    assert (again.status_code, files.count_documents({})) == (429, 1)
    assert "it was not kept" in again.text


def test_a_form_of_another_site_stores_nothing(http, ada, files):
    parts = [("title", (None, "A paper")), ("file", CHOSEN)]
    answer = http.post(PAGE, files=parts, headers={"Cookie": ada._cookie, "Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, files.count_documents({})) == (403, 0)


def test_a_file_of_a_page_is_for_this_visitor_alone(http, ada):
    assert http.get("/v1/count").headers["cache-control"].startswith("public")
    given = ada.get(f"{MINE}?file=count")
    assert (given.status_code, "calls" in given.json()) == (200, True)
    assert given.headers["cache-control"] == "no-store"
    assert re.fullmatch(r'attachment; filename="count-[\d-]{10}\.json"', given.headers["content-disposition"])


def test_a_file_that_one_form_has_checked_is_not_sent_with_another(http, ada, files):
    note = uuid.uuid4().hex
    parts = [("_form", (None, "paper")), ("title", (None, "A paper")), ("file", CHOSEN)]
    parts += [("_form", (None, "keep")), ("note", (None, note))]
    headers = {"Cookie": ada._cookie, "Sec-Fetch-Site": "same-origin"}
    assert http.post(MINE, files=parts, headers=headers).status_code == 303
    assert (http.get(f"/v1/notes/{note}/paper").status_code, files.count_documents({})) == (404, 0)
    assert http.post(MINE, files=[*parts[:3], ("note", (None, note))], headers=headers).status_code == 303
    assert files.count_documents({}) == 1


def send_import(length, *roles):
    """Someone with these roles, or without a session, sends a file of that length: the status, how much of the body
    was read, the length of the body, and the page."""
    pages = Pages({}, "stocktaking")
    cookie = {"Cookie": f"__Host-wsis={pages.signer.token(*roles)}"} if roles else {}
    head = b"--b\r\nContent-Disposition: form-data; name="
    body = head + b'"file"; filename="a.csv"\r\n\r\n' + b"x" * length + b"\r\n"
    body += head + b'"source"\r\n\r\ntyped-after-it\r\n--b--\r\n'
    source = io.BytesIO(body)
    about = {"Content-Type": "multipart/form-data; boundary=b", "Content-Length": str(len(body))}
    shown = testing.TestClient(pages.app).simulate_post(
        "/en/desk/imports",
        headers={**about, **cookie, "Sec-Fetch-Site": "same-origin"},
        extras={"wsgi.input": source},
    )
    return shown.status_code, source.tell(), len(body), shown.text


def test_what_is_refused_is_not_read_to_its_end(monkeypatch):
    monkeypatch.setattr(form_files, "READ_ON_BYTES", 200_000)
    status, read, length, _ = send_import(2_000_000, "subscriber")
    assert (status, read < length / 2) == (403, True)
    status, read, length, page = send_import(100_000, "subscriber")
    assert (status, read, "typed-after-it" in page) == (403, length, True), "what was typed after it comes back"


def test_a_long_file_of_somebody_without_a_session_is_not_read():
    status, read, _, page = send_import(2_000_000)
    assert (status, read < 2 * form_files.FRAMING_BYTES, "typed-after-it" in page) == (401, True, False)
    status, read, length, page = send_import(100_000)
    assert (status, read, "typed-after-it" in page) == (401, length, True)


@pytest.fixture
def importer():
    """A browser whose session has ended while its officer chose a file."""
    listed = {"items": [], "next": None, "total": 0}
    pages = Pages({"stocktaking.list_imports": listed}, "accounts", "stocktaking")
    pages.bus.answers |= {
        "accounts.request_code": {"message": "On its way"},
        "accounts.sign_in": lambda _: pages.tokens({}) | {"access_token": pages.signer.token("officer")},
    }
    return pages


@pytest.mark.parametrize("length", [100_000, 2_000_000])
def test_a_file_chosen_after_the_session_has_ended_leads_through_the_sign_in(importer, length):
    typed = [("_form", "try"), ("dry_run", "true"), ("source", "ITU 2016"), ("header_row", "3")]
    asked = importer.post_file("/en/desk/imports", typed, ("a.csv", "text/csv", b"x" * length))
    assert (asked.status, asked.text("//h1")) == (401, "Sign in")
    said = asked.text("//div[@role='alert']")
    assert "session has ended, so your file was not received" in said
    assert "choose the file once more" in said
    back = asked.send(email="amina@example.org").send(email="amina@example.org", code="123456")
    assert (back.status, back.text("//h1")) == (200, importer.get("/en/desk/imports").text("//h1"))
    form = back.tree.forms[back.form_named("try")]
    assert (form.fields["source"], form.fields["header_row"], form.fields["dry_run"]) == ("ITU 2016", "3", "true")
    assert "Nothing was sent yet" in back.text("//div[@role='alert']")
    assert "Choose your file once more" in back.text("//main//form")
    assert importer.sent("start_import") == []


def test_who_is_not_signed_in_sends_no_more_text_than_a_form_has(importer):
    typed = [("_form", "try"), ("source", "x" * 300_000)]
    refused = importer.post_file("/en/desk/imports", typed, ("a.csv", "text/csv", b"x" * 2_000_000))
    assert refused.status == 413


@pytest.mark.parametrize("language", LOCALES)
def test_what_became_of_the_file_is_said_in_each_language(importer, language):
    asked = importer.post_file(f"/{language}/desk/imports", [("source", "x")], ("a.csv", "text/csv", b"x" * 400_000))
    own = by_key(OWN, PART)["session_over_file"][language]
    assert (asked.status, asked.text("//div[@role='alert']/p")) == (401, own)
