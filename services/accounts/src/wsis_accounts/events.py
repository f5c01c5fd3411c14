"""What the service publishes. No event holds an address, a name, a code or a token."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from wsis_shared import reference
from wsis_shared.audit import ACTION_TAKEN
from wsis_shared.events import Event, Notice, Occurrence, occur
from wsis_shared.schemas import Answer


class CodeRequested(Answer):
    """A mail is due to a mailbox."""

    challenge = fields.String(required=True)
    purpose = fields.String(required=True)


class AccountConfirmed(Answer):
    """The statistics of a new account."""

    account = fields.String(required=True)
    stakeholder_type = fields.String(required=True)
    country = fields.String(required=True)
    region = fields.String(allow_none=True)


class AccountErased(Answer):
    """Only the id: nothing else is left."""

    account = fields.String(required=True)


class RolesChanged(Answer):
    """All roles, member included."""

    account = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)


def _code_event(type: str, summary: str, template: str, purpose: str) -> Event:
    # One event for each text: which mail is due is decided once, and templates stay free of conditions.
    return Event(type, summary, CodeRequested, {"challenge": "5b1c", "purpose": purpose},
                 notices=(Notice(template, to="contact", lane="fast", details="issue_code"),))  # fmt: skip


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
MAILS = {event.example["purpose"]: event
         for event in (CODE_REQUESTED, SIGN_IN_REQUESTED, REGISTRATION_REPEATED, UNKNOWN_ADDRESS_ASKED)}  # fmt: skip

ACCOUNT_CONFIRMED = Event(
    "account_confirmed", "A mailbox was proved and has an account", AccountConfirmed,
    {"account": "3f2a", "stakeholder_type": "civil_society", "country": "NO", "region": "europe"},
)  # fmt: skip
ACCOUNT_ERASED = Event(
    "account_erased", "Somebody erased their account: forget what identifies them", AccountErased, {"account": "3f2a"},
    notices=(Notice("account_erased", to="contact", lane="fast", details="farewell"),),
)  # fmt: skip
ROLES_CHANGED = Event(
    "roles_changed", "An officer changed somebody's roles", RolesChanged,
    {"account": "3f2a", "roles": ["member", "juror"]},
    notices=(Notice("roles_changed", to="account", lane="fast", details="role_names"),),
)  # fmt: skip

PUBLISHES = (*MAILS.values(), ACCOUNT_CONFIRMED, ACCOUNT_ERASED, ROLES_CHANGED, ACTION_TAKEN)


def account_confirmed(account: Mapping[str, Any]) -> Occurrence:
    """Somebody has proved their mailbox."""
    return occur(
        ACCOUNT_CONFIRMED, account["_id"], account=account["_id"], stakeholder_type=account["stakeholder_type"],
        country=account["country"], region=reference.itu_region_of(account["country"]),
    )  # fmt: skip
