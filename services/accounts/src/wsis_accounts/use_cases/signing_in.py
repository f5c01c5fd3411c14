"""Registration and sign-in by mailed codes, and the sessions that follow.

Known and unknown addresses take the same road: one read, one write, one event, one answer. What is decided in a
transaction and refused is returned, not raised, where the refusal itself must be saved: a wrong guess counts.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from wsis_shared import proof_of_work
from wsis_shared.collection import existing
from wsis_shared.context import Context
from wsis_shared.errors import Forbidden, Invalid, SuiteError, TooMany, Unauthenticated
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.operations import every, rpc
from wsis_shared.revocations import Kind
from wsis_shared.roles import MEMBER

from wsis_accounts import events, sentences, tokens
from wsis_accounts.rules import codes, people, sessions, signals
from wsis_accounts.rules.codes import Mailbox, Registration
from wsis_accounts.rules.mailbox import canonical, check, domain_of, mailable
from wsis_accounts.rules.people import Account
from wsis_accounts.rules.sessions import Session
from wsis_accounts.settings import Settings
from wsis_accounts.store import Signer, Store, hashing
from wsis_accounts.store.mailboxes import MailboxSnapshot
from wsis_accounts.use_cases.access import Access, Notify, session_hours
from wsis_accounts.use_cases.mail_requests import MIN_RESPONSE_TIME, MailRequests

CHALLENGE_LIFE = timedelta(minutes=30)  # time enough to fill in the form

_log = logging.getLogger(__name__)

Granted = tuple[Account, Session, str]  # account, session, refresh token


class Authentication:
    """Everything that needs no sign-in."""

    def __init__(
        self, store: Store, settings: Settings, signer: Signer, access: Access, requests: MailRequests
    ) -> None:
        self._store, self._settings, self._signer = store, settings, signer
        self._access, self._requests = access, requests

    @rpc(writes=True, at_least=MIN_RESPONSE_TIME)
    def register(self, ctx: Context, body: Input) -> dict[str, str]:
        """Keep what was typed until its mailbox is proved, and have a code mailed."""
        demanded = self._settings.registration_challenge
        registration: Registration = {
            "given_name": body["given_name"],
            "family_name": body["family_name"],
            "stakeholder_type": body["stakeholder_type"],
            "country": body["country"],
            "organization": body["organization"],
            "locale": body["locale"],
            "email": mailable(body["email"], smtputf8=self._settings.mail_smtputf8),
            "registered_at": ctx.received_at,
            "registered_from": hashing.network(ctx.network),
            "seconds_to_fill": self._requests.seconds_to_fill(ctx, body, demanded=demanded),
        }
        return self._have_mailed(ctx, body["email"], body["locale"], partial(_registered, registration))

    @rpc
    def give_challenge(self, ctx: Context) -> dict[str, object]:
        """A proof-of-work challenge."""
        made = proof_of_work.give(proof_of_work.key(), ctx.received_at, CHALLENGE_LIFE, self._settings.challenge_cost)
        return {**made, "required": self._settings.registration_challenge}

    @rpc(writes=True, at_least=MIN_RESPONSE_TIME)
    @rpc(writes=True, at_least=MIN_RESPONSE_TIME, name="renew")
    def request_code(self, ctx: Context, body: Input) -> dict[str, str]:
        """Have a code mailed to sign in with, or mailed again."""
        self._requests.seconds_to_fill(ctx, body)
        ask = partial(codes.request_code, network=hashing.network(ctx.network))
        return self._have_mailed(ctx, body["email"], ctx.locale, ask)

    def _have_mailed(self, ctx: Context, email: str, locale: str, ask: Callable[..., Mailbox]) -> dict[str, str]:
        self._ask(ctx.received_at, email, locale, ask)
        return {"message": sentences.say("on_its_way", ctx.locale)}

    def _ask(self, now: datetime, email: str, locale: str, ask: Callable[..., Mailbox]) -> None:
        read = self._store.mailbox(hashing.mailbox(canonical(email)), check(email).normalized)
        asked = ask(read.mailbox, challenge=hashing.new_challenge(), locale=locale, now=now)
        if asked is not read.mailbox and self._requests.tag_allows(email, read.mailbox, now):
            id, purpose = asked.challenges[-1].id, asked.challenges[-1].purpose.value
            self._keep(read, asked, now, new_event(events.MAILS[purpose], id, challenge=id, purpose=purpose))

    @rpc(writes=True, store_response=False, at_least=MIN_RESPONSE_TIME)
    @rpc(writes=True, store_response=False, at_least=MIN_RESPONSE_TIME, name="confirm")
    def sign_in(self, ctx: Context, notify: Notify, body: Input) -> dict[str, object]:
        """Prove a mailbox: the account is there from now on, and signed in. Whoever has the code has the mailbox."""
        if "email" in body and ctx.over_rate:
            # One network guesses at many mailboxes; who has a mail has its link.
            raise self._refused(body, None, TooMany("accounts.codes_locked", retry_after=60))
        outcome = in_transaction(partial(self._prove, ctx, notify, body))
        granted = unless_refused(outcome)
        account, session, _ = granted
        said = {"factor": _factor(body), "session": session.id, "account": staff(account)}
        _log.info("sign-in succeeded", extra=said)
        return self.tokens(granted, ctx.received_at)

    def _refused(self, body: Input, mailbox: Mailbox | None, error: SuiteError) -> SuiteError:
        """Log a sign-in that failed."""
        known = self._store.accounts([mailbox.account or ""]) if mailbox and mailbox.known else []
        said = {"factor": _factor(body), "error": error.code, "account": staff(*known)}
        after_commit(partial(_log.warning, "sign-in failed", extra=said))
        return error

    def _prove(self, ctx: Context, notify: Notify, body: Input) -> Granted | SuiteError:
        now, read = ctx.received_at, self._mailbox_of(body)
        if read is None:
            return self._refused(body, None, Invalid("accounts.code_invalid", fields={"code": ["Ask for a new one."]}))
        mailbox, verdict = codes.attempt(
            read.mailbox,
            partial(hashing.code, digits=body["code"]),
            now,
            link=body.get("challenge", ""),
        )
        if verdict is codes.Verdict.TOO_SOON and mailbox.wait_until is not None:
            wait = int((mailbox.wait_until - now).total_seconds()) + 1
            return self._refused(body, mailbox, TooMany("accounts.codes_locked", retry_after=wait))
        if verdict is codes.Verdict.REFUSED:
            if mailbox is not read.mailbox:
                self._keep(read, mailbox, now)
            return self._refused(
                body, mailbox, Invalid("accounts.code_invalid", fields={"code": ["Ask for a new one."]})
            )
        account = self._store.account(mailbox.account or "") if mailbox.known else self._confirmed(ctx, mailbox)
        self._keep(read, codes.owned(mailbox, account["_id"]), now)
        if account["state"] == people.State.BLOCKED:
            return self._refused(body, mailbox, Forbidden("accounts.blocked"))
        return self.begin(account, body.get("refresh_token", ""), now, notify)

    def begin(
        self,
        account: Account,
        former: str,
        now: datetime,
        notify: Notify,
        *,
        identity: str | None = None,
        second_factor: bool = False,
    ) -> Granted:
        """A session of an account, by the `identity` that has begun it where one has. That of the refresh token
        `former` ends. Call it in a transaction."""
        id = uuid.uuid4().hex
        refresh = hashing.new_refresh(id)
        begun = sessions.start(id, account["_id"], hashing.refresh(refresh), session_hours(account), now)
        session = replace(begun, identity=identity, second_factor_at=now if second_factor else None)
        self._store.save_session(session)
        for ended in self._replaced(session, former, now):
            self._access.end_session(ended, now, notify)
        return account, session, refresh

    def _replaced(self, session: Session, refresh_token: str, now: datetime) -> set[str]:
        """The sessions that end with a sign-in: the one that the client had before, and those beyond the limit."""
        beyond = self._store.sessions_beyond(session, sessions.MAX_SESSIONS, now)
        former = hashing.session_of(refresh_token)
        return {*beyond, *([former] if former else [])}

    def _mailbox_of(self, body: Input) -> MailboxSnapshot | None:
        read: MailboxSnapshot | None
        if "challenge" in body:
            read = self._store.mailbox_of_challenge(body["challenge"])
        else:
            read = self._store.mailbox(hashing.mailbox(canonical(body["email"])), check(body["email"]).normalized)
        return read

    def _confirmed(self, ctx: Context, mailbox: Mailbox) -> Account:
        registration = existing(mailbox.registration)
        network = hashing.network(ctx.network)
        id = mailbox.account or uuid.uuid4().hex
        # Somebody who left and comes back gets the id of then (see rules.codes.erased): their document is still there.
        domain, tombstone = domain_of(registration["email"]), self._store.tombstone(id)
        account = people.confirmed(id, mailbox.key, registration, domain, network, ctx.received_at, tombstone)
        seen = signals.of(registration["email"], self._settings.throwaway_domains)
        told = events.voter_signals(account, seen, hashing.digest, registration.get("seconds_to_fill"))
        return self._store.save("accounts", account, events.account_confirmed(account), told)

    @rpc(writes=True, store_response=False)
    def refresh(self, ctx: Context, notify: Notify, body: Input) -> dict[str, object]:
        """Change a refresh token for a new pair."""
        rotated = in_transaction(partial(self.rotated, ctx.received_at, notify, body["refresh_token"]))
        return self.tokens(unless_refused(rotated), ctx.received_at)

    def rotated(self, now: datetime, notify: Notify, token: str) -> Granted | SuiteError:
        """The session of a refresh token with the next one, or why there is none. Call it in a transaction."""
        id = hashing.session_of(token)
        before = self._store.session(id) if id else None
        if before is None:
            return Unauthenticated("accounts.refresh_invalid")
        refresh = hashing.next_refresh(token)
        account = next(iter(self._store.accounts([before.account])), None)
        hours = session_hours(account) if account else None
        session, verdict = sessions.rotate(before, hashing.refresh(token), hashing.refresh(refresh), hours, now)
        if verdict is sessions.Verdict.STOLEN:
            after_commit(partial(_log.warning, "refresh token came twice", extra={"session": session.id}))
            self._store.save_session(session)
            self._access.revoke(notify, Kind.SESSION, session.id)
        if verdict is not sessions.Verdict.ROTATED or account is None or account["state"] != people.State.ACTIVE:
            return Unauthenticated("accounts.refresh_invalid")
        self._store.save_session(session)
        return account, session, refresh

    def tokens(self, granted: Granted, now: datetime) -> dict[str, object]:
        """The response of a sign-in, and of each step after it."""
        account, session, refresh = granted
        missing = self._access.missing(account, session)
        ends_at = sessions.ends_at(session, session_hours(account))
        access = tokens.access_token(
            self._signer.key(now),
            account=account["_id"],
            generation=people.generation(account),
            roles=[MEMBER] if missing else people.roles_of(account),
            session=session.id,
            agency=None if missing else account.get("agency"),
            now=now,
            life=self._settings.access_life,
        )
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self._settings.access_life.total_seconds()),
            "refresh_token": refresh,
            "refresh_expires_in": int((ends_at - now).total_seconds()),
            "account": account["_id"],
            "missing": missing,
        }

    @rpc
    def jwks(self, ctx: Context) -> dict[str, object]:
        """The keys that access tokens are checked with."""
        return self._signer.published(ctx.received_at)

    @every(3600)
    def make_keys_ahead(self, ctx: Context) -> None:
        """A key is published for a day before it signs."""
        self._signer.published(ctx.received_at)

    def _keep(self, read: MailboxSnapshot, mailbox: Mailbox, now: datetime, *pending: PendingEvent) -> None:
        self._store.save_mailbox(read, mailbox, codes.kept_until(mailbox, now), *pending)


def _registered(registration: Registration, mailbox: Mailbox, challenge: str, locale: str, now: datetime) -> Mailbox:
    return codes.register(mailbox, registration, challenge, locale, now)


def _factor(body: Input) -> str:
    return "mailed link" if "challenge" in body else "mailed code"


def staff(account: Account | None = None) -> str | None:
    """The account that the log names for a sign-in: one of staff. A member signs in to vote, and while few vote the
    next vote would be theirs. The session leads whoever reads the store to the account, until it ends."""
    return account["_id"] if account and account["roles"] else None


def unless_refused(outcome: Granted | SuiteError) -> Granted:
    """What a transaction has granted. Raises its refusal, now that what counts of it is saved."""
    if isinstance(outcome, SuiteError):
        raise outcome
    return outcome
