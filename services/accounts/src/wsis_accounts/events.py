"""What the service publishes. No event holds an address, a name, a code or a token."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from marshmallow import fields
from wsis_shared import audit, reference
from wsis_shared.erasure import sealed
from wsis_shared.events import EmailNotification, EventKey, EventSelection, EventType, PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.plugin import Plugin
from wsis_shared.schemas import ResponseSchema, Utc


class Signals(Protocol):
    """See `rules.signals.Signals`."""

    @property
    def domain(self) -> str: ...
    @property
    def throwaway(self) -> bool: ...
    @property
    def alias(self) -> str | None: ...
    @property
    def sequence(self) -> str | None: ...


class CodeRequested(ResponseSchema):
    """A mail is due to a mailbox."""

    challenge = fields.String(required=True)
    purpose = fields.String(required=True)


class ErasureLinkRequested(ResponseSchema):
    """A mail is due with the link of this id; the id alone opens nothing."""

    link = fields.String(required=True)


class AccountConfirmed(ResponseSchema):
    """The statistics of a new account."""

    account = fields.String(required=True)
    stakeholder_type = fields.String(required=True)
    country = fields.String(required=True)
    region = fields.String(allow_none=True)


class VoterSignals(ResponseSchema):
    """What a review of fraud compares. Domain and times can be read; networks, aliases and name patterns are keyed
    hashes. No address, no name."""

    account = fields.String(required=True)
    domain = fields.String(required=True)
    throwaway = fields.Boolean(required=True)
    alias = fields.String(allow_none=True)
    sequence = fields.String(allow_none=True)
    network = fields.String(allow_none=True)
    registered_at = Utc(required=True)
    confirmed_at = Utc(required=True)
    seconds_to_fill = fields.Float(allow_none=True)


class OfAccount(ResponseSchema):
    """Whose."""

    account = fields.String(required=True)


class AccountErased(ResponseSchema):
    """Only the id: nothing else is left."""

    account = fields.String(required=True)


class AddressErased(ResponseSchema):
    """A sealed address (`wsis_shared.erasure`): on the bus nobody reads it."""

    address = fields.String(required=True)


class RolesChanged(ResponseSchema):
    """All roles, member included."""

    account = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


class PowerChanged(ResponseSchema):
    """The roles that count now, member included: none while the account is blocked, and after its erasure."""

    account = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


def _code_event(type: str, summary: str, template: str, purpose: str) -> EventType:
    # One event for each text: which mail is due is decided once, and templates stay free of conditions. Undated: a
    # code leads to a vote, within minutes.
    return EventType(
        type,
        summary,
        CodeRequested,
        {"challenge": "5b1c", "purpose": purpose},
        notifications=(
            EmailNotification(template, to="contact", priority="high", context_provider="issue_code", undated=True),
        ),
    )


CODE_REQUESTED = _code_event(
    "code_requested", "Somebody registered: the mailbox is to be confirmed", "confirmation_code", "confirm"
)
SIGN_IN_REQUESTED = _code_event("sign_in_requested", "Somebody wants to sign in", "sign_in_code", "sign_in")
REGISTRATION_REPEATED = _code_event(
    "registration_repeated",
    "Somebody registered an address that has an account",
    "already_registered",
    "already_registered",
)
UNKNOWN_ADDRESS_ASKED = _code_event(
    "unknown_address_asked", "Somebody wants to sign in with an address without account", "no_account", "no_account"
)
MAILS = {
    event.example["purpose"]: event
    for event in (CODE_REQUESTED, SIGN_IN_REQUESTED, REGISTRATION_REPEATED, UNKNOWN_ADDRESS_ASKED)
}

ACCOUNT_CONFIRMED = EventType(
    "account_confirmed",
    "A mailbox was proved and has an account",
    AccountConfirmed,
    {"account": "3f2a", "stakeholder_type": "civil_society", "country": "NO", "region": "europe"},
)
VOTER_SIGNALS = EventType(
    "voter_signals",
    "What a review of fraud compares of a new account",
    VoterSignals,
    {
        "account": "3f2a",
        "domain": "ngo.example",
        "throwaway": False,
        "alias": None,
        "sequence": "9c1e",
        "network": "77b0",
        "registered_at": "2017-03-20T12:00:00Z",
        "confirmed_at": "2017-03-20T12:02:10Z",
        "seconds_to_fill": 48.2,
    },
)
ACCOUNT_ERASED = EventType(
    "account_erased",
    "Somebody erased their account: forget what identifies them",
    AccountErased,
    {"account": "3f2a"},
    notifications=(EmailNotification("account_erased", to="contact", priority="high", context_provider="farewell"),),
)
ADDRESS_ERASED = EventType(
    "address_erased",
    "Somebody erased what is held about their address, with or without an account",
    AddressErased,
    {"address": "c2VhbGVk"},
)
ERASURE_LINK_REQUESTED = EventType(
    "erasure_link_requested",
    "Somebody asked to erase what is held about their address",
    ErasureLinkRequested,
    {"link": "5b1c"},
    notifications=(
        EmailNotification("erasure_link", to="contact", priority="high", context_provider="erasure_link_details"),
    ),
)
ROLES_CHANGED = EventType(
    "roles_changed",
    "An officer changed somebody's roles",
    RolesChanged,
    {"account": "3f2a", "roles": ["member", "juror"]},
    notifications=(EmailNotification("roles_changed", to="account", priority="high", context_provider="role_names"),),
)
POWER_CHANGED = EventType(
    "power_changed",
    "Other roles of an account count now: none while it is blocked",
    PowerChanged,
    {"account": "3f2a", "roles": ["member"]},
)


def _notice(type: str, summary: str) -> EventType:
    mail = EmailNotification(type, to="account", priority="high")
    return EventType(type, summary, OfAccount, {"account": "3f2a"}, notifications=(mail,))


AUTHENTICATOR_ADDED = _notice("authenticator_added", "An account has an authenticator, or another one")
AUTHENTICATOR_REMOVED = _notice("authenticator_removed", "An account has no authenticator any more")
RECOVERY_CODE_USED = _notice("recovery_code_used", "Somebody used a recovery code in place of the authenticator")
IDENTITY_ADDED = _notice("identity_added", "Somebody may sign in to an account by an identity provider from now on")
IDENTITY_REMOVED = _notice("identity_removed", "An identity opens an account no more")

SELECTS = (EventSelection("on_action_taken", "wsis_accounts.events:audited"),)


def audited(plugins: Iterable[Plugin]) -> list[EventKey]:
    """What staff did, of every service that publishes it, this one included."""
    return [audit.ACTION_TAKEN.key(plugin.name) for plugin in plugins if audit.ACTION_TAKEN in plugin.publishes]


def account_confirmed(account: Input) -> PendingEvent:
    """Somebody has proved their mailbox."""
    return new_event(
        ACCOUNT_CONFIRMED,
        account["_id"],
        account=account["_id"],
        stakeholder_type=account["stakeholder_type"],
        country=account["country"],
        region=reference.itu_region_of(account["country"]),
    )


def authenticator_added(account: str) -> PendingEvent:
    """An app has shown its first code."""
    return new_event(AUTHENTICATOR_ADDED, account, account=account)


def authenticator_removed(account: str) -> PendingEvent:
    """The account goes without, by its owner or by officers."""
    return new_event(AUTHENTICATOR_REMOVED, account, account=account)


def recovery_code_used(account: str) -> PendingEvent:
    """Somebody signed in without the app."""
    return new_event(RECOVERY_CODE_USED, account, account=account)


def identity_added(account: str) -> PendingEvent:
    """Whoever signs in there gets into this account."""
    return new_event(IDENTITY_ADDED, account, account=account)


def identity_removed(account: str) -> PendingEvent:
    """Its owner has removed it, or an officer."""
    return new_event(IDENTITY_REMOVED, account, account=account)


def power_changed(account: str, roles: Sequence[str]) -> PendingEvent:
    """Which roles of an account count now, for whoever carries on what it has begun: one event, whatever took them."""
    return new_event(POWER_CHANGED, account, account=account, roles=roles)


def address_erased(address: str) -> PendingEvent:
    """An address is to be forgotten; its event is about nobody that one could look up."""
    return new_event(ADDRESS_ERASED, uuid.uuid4().hex, address=sealed(address))


def voter_signals(
    account: Input, signals: Signals, digest: Callable[[str, str], str], seconds_to_fill: float | None
) -> PendingEvent:
    """What there is to compare of a new account; `digest` makes the keyed hash of a pattern for a purpose."""
    trace = account["trace"]
    return new_event(
        VOTER_SIGNALS,
        account["_id"],
        account=account["_id"],
        domain=signals.domain,
        throwaway=signals.throwaway,
        alias=signals.alias and digest("alias", signals.alias),
        sequence=signals.sequence and digest("sequence", signals.sequence),
        network=trace["registered_from"] or trace["confirmed_from"],
        registered_at=trace["registered_at"],
        confirmed_at=account["confirmed_at"],
        seconds_to_fill=seconds_to_fill,
    )
