"""What the other services ask for. Nothing here has a route."""

from __future__ import annotations

from datetime import timedelta

from wsis_shared import clock, roles
from wsis_shared.collection import existing
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc
from wsis_shared.roles import MEMBER

from wsis_accounts.rules import codes, erasures, people
from wsis_accounts.rules.people import Account
from wsis_accounts.store import Store, hashing

MOST = 1000  # rows in one answer


class Internal:
    """Calls inside the suite."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def contacts(self, ids: list[str]) -> list[dict[str, object]]:
        """[{account, email, names, locale}] in the order of the ids; who left is left out."""
        return [_contact(account) for account in self._store.accounts(ids)]

    @rpc
    def contacts_page(self, after: str | None = None, limit: int = 500, role: str | None = None) -> dict[str, object]:
        """Contacts of all active accounts, or of those with a role, page by page: {items, next}; next is the `after` of
        the following page, None at the end."""
        limit = max(1, min(limit, MOST))
        found = self._store.active_after(after, limit, None if role == MEMBER else role)
        return {"items": [_contact(row) for row in found], "next": found[-1]["_id"] if len(found) == limit else None}

    @rpc
    def profile(self, account: str) -> dict[str, object]:
        """Who somebody is, without an address. Raises NotFound."""
        return _profile(self._store.account(account))

    @rpc
    def profiles(self, role: str | None = None, ids: list[str] | None = None) -> list[dict[str, object]]:
        """Profiles of these accounts, or of all active holders of a role, a thousand at most."""
        found = self._store.accounts(ids) if ids is not None else self._store.active_after(None, MOST, role)
        return [_profile(account) for account in found if role in (None, MEMBER) or role in account["roles"]]

    @rpc
    def traces(self, ids: list[str]) -> list[dict[str, object]]:
        """What a review of fraud compares: domain, networks as keyed hashes, times. Nothing that names a person."""
        return [
            {"account": account["_id"], "confirmed_at": account["confirmed_at"], **account["trace"]}
            for account in self._store.accounts(ids)
        ]

    @rpc(writes=True, store_response=False, repeatable=True)
    def issue_code(self, data: Input, account: str | None = None) -> dict[str, object]:
        """Make the code of a challenge now that its mail is written; a code made before for the same challenge is void.

        Returns {contact: {email, names, locale}, code, minutes, url}. Raises NotFound (accounts.challenge_over) where
        the mail is not needed any more. The code exists here and in the mail only: what is kept is a keyed hash.
        The link has it too, after #, so that a press signs in on a telephone: who fetches links ahead sends no
        fragment and presses nothing.
        """
        challenge, code = str(data["challenge"]), hashing.new_code()
        read = self._store.mailbox_of_challenge(challenge)
        mailbox = codes.issue(read.mailbox if read else None, challenge, hashing.code(challenge, code), clock.now())
        minutes = codes.LIFE // timedelta(minutes=1)
        asked = mailbox.challenge(challenge)
        assert asked is not None  # noqa: S101 -- for the type: issue gives one
        if asked.purpose is codes.Purpose.NO_ACCOUNT:
            contact = {"email": mailbox.email, "names": "", "locale": asked.locale}
            return {"contact": contact, "code": "", "minutes": minutes, "url": "page:/sign-up"}
        if not self._store.save_code(mailbox, challenge):
            raise NotFound("accounts.challenge_over")
        url = f"page:/confirm#{challenge}.{code}"
        return {"contact": self._contact_of(mailbox, asked), "code": code, "minutes": minutes, "url": url}

    @rpc
    def revocations(self, since: str | None = None) -> dict[str, object]:
        """Access tokens that were revoked since the moment that the last response named as `until`, or all, by the
        store's clock. An entry may come twice."""
        until = self._store.moment()
        found = self._store.revocations(until, clock.parse(since) if since else None)
        return {"revocations": found, "until": until}

    def _contact_of(self, mailbox: codes.Mailbox, asked: codes.Challenge) -> dict[str, object]:
        if mailbox.known:
            contact = _contact(self._store.account(mailbox.account or ""))
            return {name: contact[name] for name in ("email", "names", "locale")}
        registration = existing(asked.registration or mailbox.registration)
        # No names: anybody can type anything into the form, and would have us mail it to anybody.
        return {"email": registration["email"], "names": "", "locale": registration["locale"]}

    @rpc
    def farewell(self, data: Input, account: str | None = None) -> dict[str, object]:
        """Whom to tell that an account is erased; known for an hour. Raises NotFound."""
        contact = self._store.erasure_contact(str(data["account"]))
        if contact is None:
            raise NotFound("accounts.account_unknown")
        return {"contact": contact}

    @rpc
    def erasure_link_details(self, data: Input, account: str | None = None) -> dict[str, object]:
        """For the mail with the link. Raises NotFound where it was used or replaced meanwhile."""
        id, moment = str(data["link"]), clock.now()
        found = self._store.erasure_link(id)
        if found is None or not erasures.works(found, moment):
            raise NotFound("accounts.challenge_over")
        contact = {"email": found["email"], "names": "", "locale": found["locale"]}
        return {"contact": contact, "url": f"page:/erase#{id}.{hashing.erasure_tag(id)}"}

    @rpc
    def role_names(self, data: Input, account: str | None = None) -> dict[str, object]:
        """The names of roles in the language of their holder."""
        locale = self._store.account(account or str(data["account"]))["locale"]
        return {"role_names": ", ".join(roles.installed().title(role, locale) for role in data["roles"])}


def _contact(account: Account) -> dict[str, object]:
    return {
        "account": account["_id"],
        "email": account["email"],
        "names": people.full_name(account),
        "locale": account["locale"],
    }


def _profile(account: Account) -> dict[str, object]:
    return {
        "account": account["_id"],
        "names": people.full_name(account),
        "roles": people.roles_of(account),
        "blocked": account["state"] == people.State.BLOCKED,
        "organization": account["organization"],
        "country": account["country"],
        "stakeholder_type": account["stakeholder_type"],
        "locale": account["locale"],
        "confirmed_at": account["confirmed_at"],
    }
