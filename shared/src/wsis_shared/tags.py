"""Tags of mailboxes: at most providers `jane+7@` is the mailbox of `jane@`. It is no proof: for limits only, never for
whose an account is."""

from __future__ import annotations


def behind_tag(address: str) -> str | None:
    """The mailbox that a tag most likely leads to: `jane@ngo.example` of `jane+7@ngo.example`; None where there is no
    tag. The address is spelt as the caller compares addresses."""
    local, _, domain = address.rpartition("@")
    name, tag, _ = local.partition("+")
    return f"{name}@{domain}" if tag and name else None
