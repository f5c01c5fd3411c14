"""Which certificate."""

from __future__ import annotations

from wsis_shared.schemas import Locale, RequestSchema


class CertificateQuery(RequestSchema):
    """In which language?"""

    language = Locale(load_default="en")
