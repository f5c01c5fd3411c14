"""`python -m tests.faults.kit.people COUNT SECONDS TOLD [ROLE ...]`: accounts with tokens, a thousand in a second.

Registration proves a mailbox for each account, about a hundred in a second. Here the rules, the repository, the events
and the signing key of accounts are used without it, in the environment of the suite. Prints "account token" lines; the
tokens live for SECONDS; with TOLD `no` only the review of fraud hears of the accounts. Production has no such command:
it takes the suite's secret and its store.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
TOKEN_SECONDS = 900  # no gateway takes a token that lives longer
BATCH = 100  # accounts in one transaction
COUNTRIES = ("CH", "IN", "NG", "BR", "EG", "ID", "MX", "KE", "FR", "CN")


@dataclass(frozen=True)
class Someone:
    """An account that is signed in."""

    account: str
    token: str


def registered(
    environment: Mapping[str, str],
    count: int,
    roles: Sequence[str] = (),
    *,
    seconds: int = TOKEN_SECONDS,
    told: bool = True,
) -> list[Someone]:
    """Make accounts in the suite of that environment. Events of thousands (`told`) keep it busy for minutes; without
    them what the review of fraud would hear of these accounts is put where it looks."""
    asked = [str(count), str(seconds), "yes" if told else "no", *roles]
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kit.people", *asked],
        env=dict(environment), cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"no accounts: {done.stderr[-800:]}")
    return [Someone(*line.split(" ")) for line in done.stdout.splitlines()]


def main(count: int, seconds: int, told: bool, roles: Sequence[str]) -> None:
    """Make and print them."""
    from wsis_shared import clock, mongo

    from wsis_accounts.settings import Settings
    from wsis_accounts.store import Signer, Store
    from wsis_accounts.tokens import access_token

    store = Store(mongo.database("accounts"))
    now, signer = clock.now(), Signer(store, Settings.load().key_days)
    for start in range(0, count, BATCH):
        ids = [uuid.uuid4().hex for _ in range(min(BATCH, count - start))]
        mongo.in_transaction(partial(_save, store, ids, list(roles), now, start, told))
        if not told:
            mongo.database("voting")["voter_signals"].insert_many(_signals(ids, now, start))
        for id in ids:
            token = access_token(
                signer.key(now), account=id, generation=0, roles=["member", *roles], session=uuid.uuid4().hex,
                agency=None, now=now, life=timedelta(seconds=seconds),
            )  # fmt: skip
            sys.stdout.write(f"{id} {token}\n")


def _save(store: Any, ids: Sequence[str], roles: list[str], now: datetime, start: int, told: bool) -> None:
    from wsis_accounts import events
    from wsis_accounts.domain import people
    from wsis_accounts.store import keyed

    for number, id in enumerate(ids, start):
        email = f"{id}@voters.example"
        typed = {
            "email": email, "given_name": "Voter", "family_name": str(number), "stakeholder_type": "civil_society",
            "country": COUNTRIES[number % len(COUNTRIES)], "organization": None, "locale": "en",
        }  # fmt: skip
        account = people.confirmed(id, keyed.mailbox(email), typed, "voters.example", None, now)
        happened = [events.account_confirmed(account)] if told else []
        store.save("accounts", {**account, "roles": roles}, *happened)


def _signals(ids: Sequence[str], now: datetime, start: int) -> list[dict[str, Any]]:
    """As of honest voters: of hundreds of domains and thousands of networks, over two days."""
    rows = []
    for number, id in enumerate(ids, start):
        confirmed = now - timedelta(minutes=number % 2880)
        rows.append({
            "_id": id, "domain": f"voters{number % 300}.example", "throwaway": False, "alias": False,
            "network": hashlib.sha256(b"%d" % (number % 5000)).hexdigest(), "sequence": None,
            "registered_at": confirmed - timedelta(minutes=2), "confirmed_at": confirmed, "seconds_to_fill": 60.0,
        })  # fmt: skip
    return rows


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "yes", sys.argv[4:])
