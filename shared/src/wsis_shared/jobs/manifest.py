"""The declaration of a kind of job in a manifest, and the permissions on jobs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from marshmallow import Schema

READ, CANCEL, OWN = "jobs:read", "jobs:cancel", "jobs:own"

# role -> patterns of permissions. An account may read and cancel the jobs that it requested (OWN), while it has the
# roles that it had then.
GRANTS: Mapping[str, tuple[str, ...]] = {"member": (OWN,), "operator": (READ, CANCEL)}


@dataclass(frozen=True)
class JobKind:
    """A kind of job: `name` is the method of the service that runs a step (`@job`).

    Its titles are in the part `jobs` of the texts of its plugin. Who holds `permission`
    may read and cancel every job of the kind; without one, only who requested the job and operators may. `result` is
    the schema of the result: other fields are dropped.
    """

    name: str
    summary: str
    permission: str = ""
    result: type[Schema] | None = None
    cancellable: bool = True
