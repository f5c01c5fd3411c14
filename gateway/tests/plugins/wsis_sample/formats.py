"""A format of exports of this service alone."""

from xml.sax.saxutils import escape, quoteattr


class Xml:
    """Rows as XML, with where they come from."""

    def begin(self, source):
        return f"<rows of={quoteattr(source.url)} at='{source.made_at:%Y}' lang='{source.locale}'>".encode()

    def write(self, items):
        return "".join(f"<row n='{item['number']}'>{escape(item['text'] or '')}</row>" for item in items).encode()

    def finish(self):
        return b"</rows>"
