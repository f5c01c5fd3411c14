"""A format of exports of this service alone, titles beside codes, and terms of use."""

from xml.sax.saxutils import escape, quoteattr

from wsis_shared.exports import ExportLabels, ExportTerms

LICENCE = "https://licence.example/4.0/"
LABELS = ExportLabels(("code", "owner.name"), lambda row, language: {"code": [f"Code in {language}", row["code"]]})


def terms(source):
    """Of all lists of this service that have any."""
    statements = (("Licence", LICENCE), ("Address", source.url), ("Rights", "=1+1"))
    return ExportTerms(LICENCE, f"{source.base_url}/v1/about", f"About ({source.locale})", statements)


class Xml:
    """Rows as XML, with where they come from."""

    def begin(self, source):
        return f"<rows of={quoteattr(source.url)} at='{source.made_at:%Y}' lang='{source.locale}'>".encode()

    def write(self, items):
        return "".join(f"<row n='{item['number']}'>{escape(item['text'] or '')}</row>" for item in items).encode()

    def finish(self):
        return b"</rows>"
