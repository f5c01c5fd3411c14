"""What `wsis doctor` reads beside the settings of a process."""

from __future__ import annotations

from dataclasses import dataclass

from wsis_shared import settings
from wsis_shared.settings import setting


@dataclass(frozen=True)
class Settings(settings.Settings):
    """Where it may ask more than a process may; empty: it does not ask that."""

    doctor_management_uri: str = setting(
        "",
        "Management API of the broker: https://user:password@host:15671 of the user operator; rights are compared for "
        "an administrator alone",
        secret=True,
    )
    doctor_mongo_uri: str = setting("", "The store, for an administrator of the replica set", secret=True)
    doctor_definitions: str = setting("", "The file definitions.json that the broker imported, to compare rights with")
