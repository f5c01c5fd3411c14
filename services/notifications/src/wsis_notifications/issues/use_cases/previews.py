"""The mail of an issue before it is sent: as its readers get it, with a sample name, and what to mend."""

from __future__ import annotations

from wsis_shared.context import Context
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc

from wsis_notifications.issues.rules import checks, palette
from wsis_notifications.issues.rules.previews import with_samples
from wsis_notifications.issues.rules.rendering import Parts, archive_url, render_parts
from wsis_notifications.issues.store import Issues


class PreviewCases:
    """Previews and the check."""

    def __init__(self, issues: Issues, public_url: str) -> None:
        self._issues, self._public_url = issues, public_url

    @rpc
    def preview_issue_page(self, ctx: Context, issue: str) -> JsonObject:
        """The HTML. Raises NotFound."""
        return {"text": self._parts(ctx, issue).html, "filename": f"{issue}-{ctx.locale}.html"}

    @rpc
    def preview_issue_text(self, ctx: Context, issue: str) -> JsonObject:
        """Subject and plain text. Raises NotFound."""
        parts = self._parts(ctx, issue)
        return {"text": f"{parts.subject}\n\n{parts.text}", "filename": f"{issue}-{ctx.locale}.txt"}

    @rpc
    def check_issue(self, ctx: Context, issue: str) -> JsonObject:
        """All findings, in the officer's language. Raises NotFound."""
        found = self._issues.read(issue)
        findings = checks.check(found, self._public_url)
        return {
            "ready": all(one.level != checks.ERROR for one in findings),
            "findings": [
                {
                    "level": one.level,
                    "code": one.code,
                    "message": one.message(ctx.locale),
                    "section": one.section,
                    "language": one.language,
                }
                for one in findings
            ],
            "html_bytes": checks.sizes(found, self._public_url),
            "contrast": round(palette.least_contrast(), 1),
        }

    def _parts(self, ctx: Context, issue: str) -> Parts:
        parts = render_parts(self._issues.read(issue), ctx.locale, self._public_url)
        return with_samples(parts, ctx.locale, archive_url(issue, ctx.locale, self._public_url))
