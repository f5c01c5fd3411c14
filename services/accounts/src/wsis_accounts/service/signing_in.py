"""Registration and sign-in by mailed codes, and the sessions that follow.

Known and unknown addresses take the same road: one read, one write, one event, one answer. What is decided in a
transaction and refused is returned, not raised, where the refusal itself must be saved: a wrong guess counts.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from wsis_shared import context, proof_of_work
from wsis_shared.bus import every, rpc
from wsis_shared.errors import SuiteError
from wsis_shared.events import new_event
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.revocations import Kind
from wsis_shared.tags import behind_tag

from wsis_accounts import errors, events, texts, tokens
from wsis_accounts.domain import codes, people, sessions, signals
from wsis_accounts.domain.codes import Mailbox
from wsis_accounts.domain.mailbox import canonical, check, domain_of, mailable
from wsis_accounts.domain.sessions import Session
from wsis_accounts.service.desk import Desk, now, session_hours
from wsis_accounts.store import keyed
from wsis_accounts.store.mailboxes import Read

_log = logging.getLogger(__name__)

Granted = tuple[dict[str, Any], Session, str]  # account, session, refresh token


class SigningIn(Desk):
    """Everything that needs no sign-in."""

    @rpc(writes=True, store_response=False)
    def register(self, body: dict[str, Any]) -> dict[str, str]:
        """Keep what was typed until its mailbox is proved, and have a code mailed."""
        ctx, typed = context.current(), {name: value for name, value in body.items() if name != "challenge"}
        registration = {
            **typed,
            "email": mailable(body["email"], smtputf8=self.rules.mail_smtputf8),
            "registered_at": now(),
            "registered_from": keyed.network(ctx.network),
            "seconds_to_fill": self._seconds_to_fill(body, demanded=self.rules.registration_challenge),
        }
        return self._have_mailed(body["email"], body.get("locale", "en"), partial(_registered, registration))

    @rpc
    def give_challenge(self) -> dict[str, Any]:
        """A proof-of-work challenge."""
        made = proof_of_work.give(proof_of_work.key(), now(), self.rules.challenge_life, self.rules.challenge_cost)
        return {**made, "required": self.rules.registration_challenge}

    def _seconds_to_fill(self, body: dict[str, Any], *, demanded: bool = False) -> float | None:
        """Spend a solved challenge; returns how long ago it was given out, None where there is none and none is needed.
        A network over its rate needs one: whoever else is in that network gets in by some seconds of work. For the
        same mailbox it may come again: an answer was lost."""
        solution, mailbox = body.get("challenge"), keyed.mailbox(canonical(body["email"]))
        if solution is None:
            if demanded or context.current().over_rate:
                raise errors.proof_of_work_needed()
            return None
        try:
            solved = proof_of_work.check(solution, proof_of_work.key())
        except proof_of_work.Unsolved:
            raise errors.proof_of_work_invalid() from None
        if not in_transaction(partial(self.store.spend_challenge, solved.id, mailbox, solved.expires_at)):
            raise errors.proof_of_work_used()
        return max(0.0, round((now() - solved.issued_at).total_seconds(), 1))

    @rpc(writes=True, store_response=False)
    def renew(self, body: dict[str, Any]) -> dict[str, str]:
        """Have the code mailed again."""
        self._seconds_to_fill(body)
        return self._have_mailed(body["email"], context.current().locale, codes.request_code)

    @rpc(writes=True, store_response=False)
    def request_code(self, body: dict[str, Any]) -> dict[str, str]:
        """Have a code mailed to sign in with."""
        self._seconds_to_fill(body)
        return self._have_mailed(body["email"], context.current().locale, codes.request_code)

    def _have_mailed(self, email: str, locale: str, ask: Callable[..., Mailbox]) -> dict[str, str]:
        with self._evenly():
            in_transaction(partial(self._ask, email, locale, ask))
        return {"message": texts.say("on_its_way", context.current().locale)}

    def _ask(self, email: str, locale: str, ask: Callable[..., Mailbox]) -> None:
        read = self.store.mailbox(keyed.mailbox(canonical(email)), check(email).normalized)
        asked = ask(read.mailbox, challenge=keyed.new_challenge(), locale=locale, now=now(), rules=self.rules)
        if asked is not read.mailbox and self._tag_allows(email, read.mailbox):
            id, purpose = asked.challenges[-1].id, asked.challenges[-1].purpose.value
            self._keep(read, asked, new_event(events.MAILS[purpose], id, challenge=id, purpose=purpose))

    def _tag_allows(self, email: str, mailbox: Mailbox) -> bool:
        """Count a mail to a tagged address with those of its mailbox's other tags. An account has a limit of its own:
        who makes up tags does not use up what is the owner's."""
        base = behind_tag(canonical(email))
        if base is None:
            return True
        key = keyed.digest("tags", base)
        sent = codes.tag_mails(self.store.tag_mails(key), now(), self.rules)
        if sent is not None:
            self.store.keep_tag_mails(key, sent)
        return sent is not None or mailbox.known

    @rpc(writes=True, store_response=False)
    def confirm(self, body: dict[str, Any]) -> dict[str, Any]:
        """Prove a mailbox: the account is there from now on, and signed in."""
        return self._redeem(body)

    @rpc(writes=True, store_response=False)
    def sign_in(self, body: dict[str, Any]) -> dict[str, Any]:
        """The same: whoever has the code has the mailbox."""
        return self._redeem(body)

    def _redeem(self, body: dict[str, Any]) -> dict[str, Any]:
        if "email" in body and context.current().over_rate:
            # One network guesses at many mailboxes; who has a mail has its link.
            raise self._refused(body, None, errors.codes_locked(60))
        with self._evenly():
            outcome = in_transaction(partial(self._prove, body))
        granted = _granted(outcome)
        account, session, _ = granted
        said = {"factor": _factor(body), "session": session.id, "account": _staff(account)}
        _log.info("sign-in succeeded", extra=said)
        return self._tokens(granted)

    def _refused(self, body: dict[str, Any], mailbox: Mailbox | None, error: SuiteError) -> SuiteError:
        """Log a sign-in that failed."""
        known = self.store.accounts([mailbox.account]) if mailbox and mailbox.known else []
        said = {"factor": _factor(body), "error": error.code, "account": _staff(*known)}
        after_commit(partial(_log.warning, "sign-in failed", extra=said))
        return error

    def _prove(self, body: dict[str, Any]) -> Granted | SuiteError:
        read = self._mailbox_of(body)
        if read is None:
            return self._refused(body, None, errors.code_invalid())
        mailbox, verdict = codes.attempt(
            read.mailbox, partial(keyed.code, digits=body["code"]), now(), self.rules, link=body.get("challenge", "")
        )
        if verdict is codes.Verdict.TOO_SOON and mailbox.wait_until is not None:
            wait = int((mailbox.wait_until - now()).total_seconds()) + 1
            return self._refused(body, mailbox, errors.codes_locked(wait))
        if verdict is codes.Verdict.REFUSED:
            if mailbox is not read.mailbox:
                self._keep(read, mailbox)
            return self._refused(body, mailbox, errors.code_invalid())
        account = self.store.account(mailbox.account) if mailbox.known else self._confirmed(mailbox)
        self._keep(read, codes.owned(mailbox, account["_id"]))
        if account["state"] == people.State.BLOCKED:
            return self._refused(body, mailbox, errors.blocked())
        id = uuid.uuid4().hex
        refresh = keyed.new_refresh(id, 1)
        hours = session_hours(account)
        session = sessions.start(id, account["_id"], keyed.refresh(refresh), hours, now(), self.rules)
        self.store.keep_session(session)
        for ended in self._replaced(session, body.get("refresh_token", "")):
            self.end_session(ended)
        return account, session, refresh

    def _replaced(self, session: Session, refresh_token: str) -> set[str]:
        """The sessions that end with a sign-in: the one that the client had before, and those beyond the limit."""
        beyond = self.store.sessions_beyond(session, self.rules.sessions_per_account, now())
        former = keyed.read_refresh(refresh_token)
        return {*beyond, *([former[0]] if former else [])}

    def _mailbox_of(self, body: dict[str, Any]) -> Read | None:
        read: Read | None
        if "challenge" in body:
            read = self.store.mailbox_of_challenge(body["challenge"])
        else:
            read = self.store.mailbox(keyed.mailbox(canonical(body["email"])), check(body["email"]).normalized)
        return read

    def _confirmed(self, mailbox: Mailbox) -> dict[str, Any]:
        registration = mailbox.registration or {}
        network = keyed.network(context.current().network)
        id = mailbox.account or uuid.uuid4().hex
        # Somebody who left and comes back gets the id of then (see domain.codes.erased): their document is still there.
        account = people.confirmed(id, mailbox.key, registration, domain_of(registration["email"]), network, now(),
                                   self.store.tombstone(id))  # fmt: skip
        seen = signals.of(registration["email"], self.rules.throwaway_domains)
        told = events.voter_signals(account, seen, keyed.digest, registration.get("seconds_to_fill"))
        saved: dict[str, Any] = self.store.save("accounts", account, events.account_confirmed(account), told)
        return saved

    @rpc(writes=True, store_response=False)
    def refresh(self, body: dict[str, Any]) -> dict[str, Any]:
        """Change a refresh token for a new pair."""
        return self._tokens(_granted(in_transaction(partial(self._rotate, body["refresh_token"]))))

    def _rotate(self, token: str) -> Granted | SuiteError:
        parsed = keyed.read_refresh(token)
        before = self.store.session(parsed[0]) if parsed else None
        if before is None:
            return errors.refresh_invalid()
        refresh = keyed.new_refresh(before.id, before.number + 1)
        account = next(iter(self.store.accounts([before.account])), None)
        hours = session_hours(account) if account else None
        session, verdict = sessions.rotate(
            before, keyed.refresh(token), keyed.refresh(refresh), hours, now(), self.rules
        )
        if verdict is sessions.Verdict.STOLEN:
            after_commit(partial(_log.warning, "refresh token came twice", extra={"session": session.id}))
            self.store.keep_session(session)
            self.revoke(Kind.SESSION, session.id)
        if verdict is not sessions.Verdict.ROTATED or account is None or account["state"] != people.State.ACTIVE:
            return errors.refresh_invalid()
        self.store.keep_session(session)
        return account, session, refresh

    def _tokens(self, granted: Granted) -> dict[str, Any]:
        account, session, refresh = granted
        ends_at = sessions.ends_at(session, session_hours(account), self.rules)
        access = tokens.access_token(
            self.signer.key(now()), account=account["_id"], generation=people.generation(account),
            roles=people.roles_of(account), session=session.id, agency=account.get("agency"), now=now(),
            life=self.rules.access_life,
        )  # fmt: skip
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(self.rules.access_life.total_seconds()),
            "refresh_token": refresh,
            "refresh_expires_in": int((ends_at - now()).total_seconds()),
            "account": account["_id"],
        }

    @rpc
    def jwks(self) -> dict[str, Any]:
        """The keys that access tokens are checked with."""
        published: dict[str, Any] = self.signer.published(now())
        return published

    @every(3600)
    def make_keys_ahead(self) -> None:
        """A key is published for a day before it signs."""
        self.signer.published(now())

    @contextmanager
    def _evenly(self) -> Iterator[None]:
        """Take the same time for every address: a store writes a new document a little faster than it replaces one,
        and a few thousand answers would show it. No transaction is open meanwhile."""
        started = time.monotonic()
        try:
            yield
        finally:
            time.sleep(max(0.0, self.rules.even_ms / 1000 - (time.monotonic() - started)))

    def _keep(self, read: Read, mailbox: Mailbox, *happened: Any) -> None:
        self.store.keep_mailbox(read, mailbox, codes.kept_until(mailbox, now(), self.rules), *happened)


def _registered(registration: dict[str, Any], mailbox: Mailbox, **asked: Any) -> Mailbox:
    return codes.register(mailbox, registration, **asked)


def _factor(body: dict[str, Any]) -> str:
    return "mailed link" if "challenge" in body else "mailed code"


def _staff(account: dict[str, Any] | None = None) -> str | None:
    """The account that the log names for a sign-in: one of staff. A member signs in to vote, and while few vote the
    next vote would be theirs. The session leads whoever reads the store to the account, until it ends."""
    return account["_id"] if account and account["roles"] else None


def _granted(outcome: Granted | SuiteError) -> Granted:
    if isinstance(outcome, SuiteError):
        raise outcome
    return outcome
