"""How many took part in past editions, as published."""

from copy import deepcopy
from typing import Any

from wsis_shared.reference.loading import find, read


def participation(edition: int) -> dict[str, Any]:
    """Published figures of an edition by process, in the shape of data/participation.yaml; raises UnknownCode."""
    return deepcopy(find(read("participation"), edition, "edition with figures"))
