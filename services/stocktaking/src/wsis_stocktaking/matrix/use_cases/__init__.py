"""The WSIS-SDG Matrix: read, propose, publish."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_stocktaking.matrix.store import MatrixVersions, Pictures, Proposals, Sessions
from wsis_stocktaking.matrix.use_cases.evidence import EvidenceCases, PictureCases
from wsis_stocktaking.matrix.use_cases.proposing import ProposalCases, PublicationCases
from wsis_stocktaking.matrix.use_cases.reading import ReadingCases
from wsis_stocktaking.register.store.register import Register
from wsis_stocktaking.search import index


def compose(parts: Parts) -> tuple[ReadingCases, EvidenceCases, PictureCases, ProposalCases, PublicationCases]:
    """The use cases with their collaborators; called once per process."""
    versions, proposals = MatrixVersions(parts.db), Proposals(parts.db)
    reading, register_index = ReadingCases(versions), index.of_process(Register(parts.db))
    evidence = EvidenceCases(reading, register_index, Sessions(parts.db))
    return (
        reading,
        evidence,
        PictureCases(versions, evidence, Pictures(parts.db)),
        ProposalCases(versions, proposals),
        PublicationCases(versions, proposals),
    )
