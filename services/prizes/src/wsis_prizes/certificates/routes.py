"""Routes of certificates."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Route

from wsis_prizes.certificates import schemas

JOBS = (
    JobKind("make_certificates", "Makes the certificates of champions", permission="prizes:manage", cancellable=False),
)
ROUTES = (
    Route(
        "GET",
        "/v1/projects/{project}/certificate",
        handler="read_certificate",
        summary="Certificate of a champion or winner as PDF",
        permission=PUBLIC,
        query=schemas.CertificateQuery,
        download=True,
        media="application/pdf",
        limit="heavy",
        error_codes=("prizes.project_unknown", "prizes.no_certificate", "prizes.certificate_not_ready"),
    ),
)
