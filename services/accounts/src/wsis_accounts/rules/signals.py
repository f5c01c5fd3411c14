"""What a review of fraud compares, taken from an address when its mailbox is proved. The address itself goes nowhere:
patterns leave this service as keyed hashes only, so that two can be found equal and none can be read.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from disposable_email_domains import blocklist

from wsis_accounts.rules.mailbox import check, domain_of

_NUMBERED = re.compile(r"(?P<name>.*?)[0-9]{1,8}\Z", re.DOTALL)


@dataclass(frozen=True)
class Signals:
    """`alias`: the mailbox behind a tag (`jane@x` of `jane+7@x`); `sequence`: a name whose number counts (`voter#@x` of
    `voter0042@x`). Both None where the address has no such thing, and to be hashed before anybody sees them."""

    domain: str
    throwaway: bool
    alias: str | None
    sequence: str | None


def of(address: str, more: Collection[str] = ()) -> Signals:
    """Signals of an address; `more` are throwaway domains beside those of the list. Raises `accounts.email_invalid`."""
    domain, local = domain_of(address), check(address).local_part.casefold()
    name, tag, _ = local.partition("+")
    numbered = _NUMBERED.match(name)
    return Signals(
        domain,
        is_throwaway(domain, more),
        f"{name}@{domain}" if tag else None,
        f"{numbered['name']}#@{domain}" if numbered else None,
    )


def is_throwaway(domain: str, more: Collection[str] = ()) -> bool:
    """Is the domain, or one that it lies below, known for mailboxes that anybody gets for minutes?"""
    labels = domain.split(".")
    above = (".".join(labels[start:]) for start in range(len(labels) - 1))
    return any(name in blocklist or name in more for name in above)
