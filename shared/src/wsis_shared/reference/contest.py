"""What editions start from, and how many took part in the past."""

from copy import deepcopy
from typing import Any

from wsis_shared.reference.loading import UnknownCode, find, names, read


def edition_seed(edition: int) -> dict[str, Any]:
    """The prizes contest of an edition as announced: a fresh mapping in the shape of data/prizes/2017.yaml.

    Dates are wall dates ("2017-02-15") of its `timezone`; a phase ends on its `end` at `daily_cutoff`.
    Raises UnknownCode for an edition without a file.
    """
    return _seed("prizes", edition)


def consultation_seed(edition: int) -> dict[str, Any]:
    """The Open Consultation Process of an edition: a fresh mapping in the shape of data/consultation/2017.yaml."""
    return _seed("consultation", edition)


def participation(edition: int) -> dict[str, Any]:
    """Published figures of an edition by process, in the shape of data/participation.yaml; raises UnknownCode."""
    return deepcopy(find(read("participation"), edition, "edition with figures"))


def _seed(process: str, edition: int) -> dict[str, Any]:
    if f"{process}/{edition}" not in names(process):
        raise UnknownCode(f"{process} edition", edition)
    return deepcopy(read(f"{process}/{edition}"))
