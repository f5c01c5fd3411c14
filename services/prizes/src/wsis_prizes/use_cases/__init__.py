"""Load, decide, store, respond: one module per subject. `compose` injects the collaborators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_prizes.store import Store
from wsis_prizes.use_cases.certificates import CertificateCases
from wsis_prizes.use_cases.contest import ContestCases
from wsis_prizes.use_cases.editions import EditionCases
from wsis_prizes.use_cases.experts import Experts
from wsis_prizes.use_cases.jury import JuryCases
from wsis_prizes.use_cases.mails import MailCases
from wsis_prizes.use_cases.nomination import NominationCases
from wsis_prizes.use_cases.outcome import OutcomeCases
from wsis_prizes.use_cases.projects import ProjectCases
from wsis_prizes.use_cases.public import PublicCases
from wsis_prizes.use_cases.schedule import ScheduleCases
from wsis_prizes.use_cases.secretariat import SecretariatCases

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class PrizesCases:
    """Everything that can be done with the contest."""

    editions: EditionCases
    schedule: ScheduleCases
    projects: ProjectCases
    secretariat: SecretariatCases
    jury: JuryCases
    nomination: NominationCases
    contest: ContestCases
    outcome: OutcomeCases
    public: PublicCases
    certificates: CertificateCases
    mails: MailCases


def compose(parts: Parts) -> PrizesCases:
    """The use cases of one process."""
    store = Store(parts.db)
    experts = Experts(store, parts.client("accounts"))
    return PrizesCases(
        EditionCases(store),
        ScheduleCases(store),
        ProjectCases(store),
        SecretariatCases(store, experts),
        JuryCases(store, experts),
        NominationCases(store, experts),
        ContestCases(store),
        OutcomeCases(store, experts),
        PublicCases(store),
        CertificateCases(store),
        MailCases(store),
    )
