"""`python -m tests.faults.kit.people COUNT TOLD [ROLE ...]`: accounts with tokens, a thousand in a second.

Registration proves a mailbox for each account, about a hundred in a second. Here the rules, the repository, the events
and the signing key of accounts are used without it, in the environment of the suite. Prints the key, then an account
in each line; with TOLD `no` only the review of fraud hears of the accounts. Production has no such command: it takes
the suite's secret and its store.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey
from wsis_shared import clock

from wsis_accounts.tokens import access_token

ROOT = Path(__file__).parents[3]
TOKEN_SECONDS = 900  # no gateway takes a token that lives longer
BATCH = 100  # accounts in one transaction
COUNTRIES = ("CH", "IN", "NG", "BR", "EG", "ID", "MX", "KE", "FR", "CN")


class Someone:
    """An account that is signed in. Its token is signed anew before it ends, so that a crowd may take hours."""

    def __init__(self, account: str, roles: Sequence[str], key: OKPKey) -> None:
        self.account, self._roles, self._key = account, ["member", *roles], key
        self._session = uuid.uuid4().hex
        self.sign()

    @property
    def token(self) -> str:
        """An access token with a third of its life left, or more."""
        if time.monotonic() > self._renewed_at:
            self.sign()
        return self._token

    def sign(self) -> None:
        """Sign a token that has its whole life left."""
        self._renewed_at = time.monotonic() + TOKEN_SECONDS * 2 / 3
        self._token = access_token(
            self._key,
            account=self.account,
            generation=0,
            roles=self._roles,
            session=self._session,
            agency=None,
            now=clock.now(),
            life=timedelta(seconds=TOKEN_SECONDS),
        )


def registered(
    environment: Mapping[str, str], count: int, roles: Sequence[str] = (), *, told: bool = True
) -> list[Someone]:
    """Make accounts in the suite of that environment. Events of thousands (`told`) keep it busy for minutes; without
    them what the review of fraud would hear of these accounts is put where it looks."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.kit.people", str(count), "yes" if told else "no", *roles],
        env=dict(environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"no accounts: {done.stderr[-800:]}")
    key, *accounts = done.stdout.splitlines()
    signing = OKPKey.import_key(json.loads(key))
    return [Someone(account, roles, signing) for account in accounts]


def main(count: int, told: bool, roles: Sequence[str]) -> None:
    """Make and print them."""
    from wsis_shared import mongo

    from wsis_accounts.store import Signer, Store

    store, now = Store(mongo.database("accounts")), clock.now()
    print(json.dumps(Signer(store).key(now).as_dict(private=True)))
    for start in range(0, count, BATCH):
        ids = [uuid.uuid4().hex for _ in range(min(BATCH, count - start))]
        mongo.in_transaction(partial(_save, store, ids, list(roles), now, start, told))
        if not told:
            mongo.database("voting")["voter_signals"].insert_many(_signals(ids, now, start))
        print(*ids, sep="\n")


def _save(store: Any, ids: Sequence[str], roles: list[str], now: datetime, start: int, told: bool) -> None:
    from wsis_accounts import events
    from wsis_accounts.rules import people
    from wsis_accounts.store import hashing

    for number, id in enumerate(ids, start):
        email = f"{id}@voters.example"
        typed = {
            "email": email,
            "given_name": "Voter",
            "family_name": str(number),
            "stakeholder_type": "civil_society",
            "country": COUNTRIES[number % len(COUNTRIES)],
            "organization": None,
            "locale": "en",
        }
        account = people.confirmed(id, hashing.mailbox(email), typed, "voters.example", None, now)
        happened = [events.account_confirmed(account)] if told else []
        store.save("accounts", {**account, "roles": roles}, *happened)


def _signals(ids: Sequence[str], now: datetime, start: int) -> list[dict[str, Any]]:
    """As of honest voters: of hundreds of domains and thousands of networks, over two days."""
    rows = []
    for number, id in enumerate(ids, start):
        confirmed = now - timedelta(minutes=number % 2880)
        rows.append(
            {
                "_id": id,
                "domain": f"voters{number % 300}.example",
                "throwaway": False,
                "alias": False,
                "network": hashlib.sha256(b"%d" % (number % 5000)).hexdigest(),
                "sequence": None,
                "registered_at": confirmed - timedelta(minutes=2),
                "confirmed_at": confirmed,
                "seconds_to_fill": 60.0,
            }
        )
    return rows


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2] == "yes", sys.argv[3:])
