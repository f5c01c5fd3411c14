"""The nameko class. Its methods stand by subject in the modules beside this one."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import Dependency, Service, ServiceClient, subscribe
from wsis_shared.erasure import Erasure

from wsis_prizes.service.certificates import CertificateCalls
from wsis_prizes.service.editions import EditionCalls
from wsis_prizes.service.jury import JuryCalls
from wsis_prizes.service.nomination import NominationCalls
from wsis_prizes.service.notices import NoticeCalls
from wsis_prizes.service.outcome import OutcomeCalls
from wsis_prizes.service.projects import ProjectCalls
from wsis_prizes.service.public import PublicCalls
from wsis_prizes.service.secretariat import SecretariatCalls
from wsis_prizes.store import Store


class PrizesService(
    EditionCalls,
    ProjectCalls,
    SecretariatCalls,
    JuryCalls,
    NominationCalls,
    OutcomeCalls,
    PublicCalls,
    CertificateCalls,
    NoticeCalls,
    Service,
):
    """Everything that the contest answers to."""

    name = "prizes"
    store = Dependency(Store)
    accounts = ServiceClient("accounts", "profiles")
    voting = ServiceClient("voting", "tally", "await_window", timeout=10.0)

    @subscribe("accounts", "power_changed")
    def on_power_changed(self, event: dict[str, Any]) -> None:
        """Whoever has lost a role has lost the jobs that they began with it."""
        self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, event: dict[str, Any]) -> None:
        """Forget the person; what was submitted stays without its contact."""
        self.store.forget(Erasure.of(event))

    @subscribe("accounts", "address_erased")
    def on_address_erased(self, event: dict[str, Any]) -> None:
        """Forget who is the contact of somebody else's project."""
        self.store.forget(Erasure.of(event))
