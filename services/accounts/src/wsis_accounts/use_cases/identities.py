"""Sign-in by the identity provider of an agency (OpenID Connect), and the identities of an account.

An identity opens the account whose owner has added it, and no other: an equal mail address is no proof.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from functools import partial

from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Forbidden, NotFound, SuiteError, Unavailable
from wsis_shared.json_types import Input
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.operations import rpc
from wsis_shared.pages import page_url
from wsis_shared.places import Places

from wsis_accounts import events
from wsis_accounts.identity_providers import ProviderClient
from wsis_accounts.rules import identities, people
from wsis_accounts.rules.id_tokens import Identity, TokenRefused
from wsis_accounts.rules.identities import KeptIdentity, Purpose
from wsis_accounts.rules.people import Account
from wsis_accounts.rules.providers import Provider
from wsis_accounts.rules.sessions import Session
from wsis_accounts.store import Store, hashing
from wsis_accounts.use_cases.access import Access, Notify
from wsis_accounts.use_cases.signing_in import Authentication, Granted, staff, unless_refused

RETURN = "/sign-in/return"  # below it each provider has a page of its own, so that two are not mixed up (RFC 9700, 4.4)
PLACES, OWN_PLACES = 8, 4  # questions to providers at a time in a process, and of one network: one that is slow
PLACE_SECONDS = 1.0  # leaves the others, and all else, their time

_log = logging.getLogger(__name__)


class Identities:
    """What people do with identities at providers."""

    def __init__(
        self,
        store: Store,
        access: Access,
        authentication: Authentication,
        providers: Mapping[str, Provider],
        *,
        allow_loopback: bool,
    ) -> None:
        self._store, self._access, self._authentication = store, access, authentication
        self._providers = providers
        self._clients = {
            id: ProviderClient(provider, allow_loopback=allow_loopback) for id, provider in providers.items()
        }
        self._places = Places(PLACES, own=OWN_PLACES, busy=partial(Unavailable, "accounts.provider_away"))

    @rpc
    def list_providers(self) -> dict[str, object]:
        """Those of this installation, in the order of its operator."""
        return {"providers": [{"provider": each.id, "names": each.names} for each in self._providers.values()]}

    @rpc(writes=True, store_response=False)
    def request_identity(self, ctx: Context, provider: str) -> dict[str, object]:
        """Begin to sign in."""
        return self._request(ctx, provider, Purpose.SIGN_IN)

    @rpc(writes=True, store_response=False)
    def request_my_identity(self, ctx: Context, provider: str) -> dict[str, object]:
        """Begin to add an identity to my account."""
        self._check_owner(ctx)
        return self._request(ctx, provider, Purpose.ADD, ctx.actor.session)

    @rpc(writes=True, store_response=False)
    def sign_in_by_identity(self, ctx: Context, notify: Notify, body: Input) -> dict[str, object]:
        """Sign in with what the provider has sent back."""
        provider, who = self._returned(ctx, body, Purpose.SIGN_IN)
        outcome = in_transaction(partial(self._enter, ctx, notify, provider, who, body.get("refresh_token", "")))
        granted = unless_refused(outcome)
        account, session, _ = granted
        said = {"factor": "identity", "provider": provider.id, "session": session.id, "account": staff(account)}
        _log.info("sign-in succeeded", extra=said)
        return self._authentication.tokens(granted, ctx.received_at)

    @rpc
    def list_identities(self, ctx: Context) -> dict[str, object]:
        """Mine."""
        return {"identities": self.of_account(self._access.own_account(ctx)["_id"])}

    @rpc(writes=True, store_response=False)
    def add_identity(self, ctx: Context, body: Input) -> dict[str, object]:
        """Add one to my account with what the provider has sent back."""
        _, session = self._signed_in(ctx)
        provider, who = self._returned(ctx, body, Purpose.ADD, session.id)
        id = hashing.identity(provider.issuer, who.subject)
        return self._response(in_transaction(partial(self._add, ctx, provider, id)))

    @rpc(writes=True)
    def remove_identity(self, ctx: Context, notify: Notify, identity: str) -> None:
        """Remove one of mine. The other sessions that it has begun end."""
        account = self._check_owner(ctx)
        self.remove(ctx, notify, account["_id"], identity)
        self._store.save("accounts", account, events.identity_removed(account["_id"]))

    # -- for other use cases -----------------------------------------------------------------------------------------

    def of_account(self, id: str) -> list[dict[str, object]]:
        """What an account has, as `schemas.Identity`."""
        return [self._response(each) for each in self._store.identities_of(id)]

    def remove(self, ctx: Context, notify: Notify, account: str, identity: str) -> KeptIdentity:
        """Remove one, and end the sessions that it has begun, but for that of who asks. Returns what was removed.
        Raises `accounts.identity_missing`."""
        removed = self._store.remove_identity(account, identity)
        if removed is None:
            raise NotFound("accounts.identity_missing")
        for begun in self._store.sessions_by_identity(account, identity):
            if begun != ctx.actor.session:
                self._access.end_session(begun, ctx.received_at, notify)
        return removed

    # -- within ------------------------------------------------------------------------------------------------------

    def _check_owner(self, ctx: Context) -> Account:
        """The account of who asks. Who has the mailbox alone neither adds nor removes an identity."""
        account, session = self._access.own_account(ctx), self._access.check_fresh(ctx)
        if self._access.missing(account, session) is not None:
            raise Forbidden("accounts.authenticator_needed")
        return account

    def _signed_in(self, ctx: Context) -> tuple[Account, Session]:
        """The account of who asks, and the session, which has not ended."""
        account, session = self._access.own_account(ctx), self._store.session(ctx.actor.session or "")
        if session is None or session.ended_at is not None:
            raise Forbidden("accounts.identity_request_over")
        return account, session

    def _request(self, ctx: Context, id: str, purpose: Purpose, session: str | None = None) -> dict[str, object]:
        provider = self._providers.get(id)
        if provider is None:
            raise NotFound("accounts.provider_unknown")
        binding = hashing.new_binding()
        secrets = hashing.identity_secrets(binding, purpose)
        fields = identities.fields(provider, secrets, _back(provider), ctx.locale)
        with self._places.take(ctx.actor, ctx.network, seconds=PLACE_SECONDS):
            url = self._clients[id].address(fields)
        expires_at = ctx.received_at + identities.LIFE
        request: identities.IdentityRequest = {
            "_id": secrets.state,
            "provider": id,
            "session": session,
            "expires_at": expires_at,
        }
        in_transaction(partial(self._store.save_identity_request, request))
        return {"url": url, "binding": binding, "names": provider.names}

    def _returned(
        self, ctx: Context, body: Input, purpose: Purpose, session: str | None = None
    ) -> tuple[Provider, Identity]:
        """Who signed in at the provider, in this browser and for this purpose."""
        secrets = hashing.identity_secrets(body["binding"], purpose)
        request = None
        if hmac.compare_digest(secrets.state.encode(), body["state"].encode()):  # else it is of another browser
            request = in_transaction(partial(self._store.take_identity_request, secrets.state))
        provider = self._providers.get(request["provider"]) if request else None
        if (
            request is None
            or provider is None
            or request["session"] != session
            or ctx.received_at >= request["expires_at"]
        ):
            raise self._refused(None, Forbidden("accounts.identity_request_over"))
        client = self._clients[provider.id]
        with self._places.take(ctx.actor, ctx.network, seconds=PLACE_SECONDS):
            try:
                # Else one that is dishonest gets a code of another: it goes to the provider that was asked.
                came_from = body.get("provider", provider.id)  # a former gateway does not say
                if came_from != provider.id or identities.said_by_another(provider, body["iss"], client.metadata()):
                    raise TokenRefused("issuer of the return")
                who = client.identity(body["code"], secrets.verifier, secrets.nonce, _back(provider))
            except TokenRefused as error:
                said = {"provider": provider.id, "reason": str(error)}
                _log.warning("identity refused", extra=said)
                raise self._refused(provider, Forbidden("accounts.identity_refused")) from None
        return provider, who

    def _enter(
        self, ctx: Context, notify: Notify, provider: Provider, who: Identity, former: str
    ) -> Granted | SuiteError:
        now, kept = ctx.received_at, self._store.identity(hashing.identity(provider.issuer, who.subject))
        account = next(iter(self._store.accounts([kept["account"]])), None) if kept else None
        if kept is None or account is None:
            return self._refused(provider, Forbidden("accounts.identity_unknown"))
        if account["state"] == people.State.BLOCKED:
            return self._refused(provider, Forbidden("accounts.blocked"), account)
        self._store.identity_was_used(kept["_id"], now)
        return self._authentication.begin(
            account, former, now, notify, identity=kept["_id"], second_factor=who.second_factor
        )

    @staticmethod
    def _refused(provider: Provider | None, error: SuiteError, account: Account | None = None) -> SuiteError:
        """Log a sign-in that failed."""
        known = provider.id if provider else None
        said = {"factor": "identity", "error": error.code, "account": staff(account), "provider": known}
        after_commit(partial(_log.warning, "sign-in failed", extra=said))
        return error

    def _add(self, ctx: Context, provider: Provider, identity: str) -> KeptIdentity:
        account, _ = self._signed_in(ctx)  # still: the provider may have taken seconds
        id, found = account["_id"], self._store.identity(identity)
        if found is not None and found["account"] == id:
            return found
        if found is not None or any(each["provider"] == provider.id for each in self._store.identities_of(id)):
            raise Conflict("accounts.identity_taken")
        kept: KeptIdentity = {
            "_id": identity,
            "account": id,
            "provider": provider.id,
            "added_at": ctx.received_at,
            "used_at": None,
        }
        self._store.add_identity(kept)
        self._store.save("accounts", account, events.identity_added(id))
        return kept

    def _response(self, kept: KeptIdentity) -> dict[str, object]:
        provider = self._providers.get(kept["provider"])
        names = provider.names if provider else {"en": kept["provider"]}
        return {**kept, "identity": kept["_id"], "names": names}


def _back(provider: Provider) -> str:
    return page_url(f"{RETURN}/{provider.id}")
