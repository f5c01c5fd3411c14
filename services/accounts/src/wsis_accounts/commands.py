"""`wsis accounts ...`: what an operator does at the machine, before there is an officer, or in an emergency."""

from __future__ import annotations

import uuid
from datetime import timedelta
from functools import partial

import click
from marshmallow import ValidationError
from wsis_shared import audit, clock, mongo
from wsis_shared import roles as declared
from wsis_shared.collection_specs import ensure_indexes
from wsis_shared.errors import SuiteError
from wsis_shared.events import PendingEvent
from wsis_shared.revocations import Kind
from wsis_shared.settings import SettingError, Suite

from wsis_accounts import events, schemas
from wsis_accounts.rules import codes, mailbox, people
from wsis_accounts.rules.codes import Registration
from wsis_accounts.rules.people import Account
from wsis_accounts.store import COLLECTIONS, Signer, Store, hashing

# What a new officer does next; to stderr, so that scripts get the id alone.
SIGN_IN = """\
{email} is {roles}. To sign in, have a code mailed, read the mail, send the code:

  curl {url}/v1/sign-in/codes -H 'Content-Type: application/json' -d '{{"email": "{email}"}}'
  {mails}
  curl {url}/v1/sign-in -H 'Content-Type: application/json' -d '{{"email": "{email}", "code": "123456"}}'

The `access_token` in the response is what {url}/docs asks for under "Authorize"."""


@click.group()
def accounts() -> None:
    """Accounts: the first officer, and the keys of access tokens."""


@accounts.command()
@click.option("--email", required=True)
@click.option("--given-name", default="WSIS", show_default=True)
@click.option("--family-name", default="Secretariat", show_default=True)
@click.option("--country", default="CH", show_default=True)
@click.option("--stakeholder-type", default="international_organization", show_default=True)
@click.option("--organization", default=None)
@click.option("--locale", default="en", show_default=True)
@click.option(
    "--role",
    "roles",
    type=click.Choice(declared.installed().grantable),
    multiple=True,
    default=("officer",),
    show_default=True,
)
def officer(roles: tuple[str, ...], **typed: str | None) -> None:
    """Make a confirmed account with the role of officer, or give it to the account of that address. Prints the id, and
    to stderr how to sign in. A second time it changes nothing."""
    try:
        hashing.key("mailbox")  # before it waits for a store that may not be the right one either
        registration = schemas.Registration().load(typed)
        db = mongo.database("accounts")
        ensure_indexes(db, COLLECTIONS)
        click.echo(mongo.in_transaction(partial(appoint, Store(db), registration, roles)))
    except ValidationError as error:
        raise click.ClickException(f"{error.messages}") from None
    except (SuiteError, SettingError) as error:
        raise click.ClickException(str(error)) from None
    suite, email = Suite.load(), registration["email"]
    mails = f"open {suite.mail_web_uri}" if suite.mail_web_uri else f"(the mailbox of {email})"
    click.echo(SIGN_IN.format(email=email, roles=" and ".join(roles), url=suite.public_url, mails=mails), err=True)


def appoint(store: Store, registration: Registration, roles: tuple[str, ...]) -> str:
    """Give roles to the account of an address, which is made if need be. Returns its id. Call it in a transaction."""
    now, email = clock.now(), registration["email"]
    read = store.mailbox(hashing.mailbox(mailbox.canonical(email)), email)
    pending = []
    if read.mailbox.known:
        account = store.account(read.mailbox.account or "")
    else:
        id, domain = read.mailbox.account or uuid.uuid4().hex, mailbox.domain_of(email)
        account = people.confirmed(id, read.mailbox.key, registration, domain, None, now, store.tombstone(id))
        pending.append(events.account_confirmed(account))
        owned = codes.owned(read.mailbox, id)
        store.save_mailbox(read, owned, codes.kept_until(owned, now))
    before = people.roles_of(account)
    account["roles"] = declared.installed().held_after([*roles, *account["roles"]], account["roles"])
    if before != people.roles_of(account):
        pending.append(events.power_changed(account["_id"], people.powers_of(account)))
        pending.append(
            audit.entry(
                "accounts.roles_changed",
                f"account/{account['_id']}",
                {"roles": before},
                {"roles": people.roles_of(account)},
                "by an operator, at the machine",
            )
        )
        store.save("accounts", account, *pending)
        if (hours := declared.installed().session_hours(account["roles"])) is not None:
            store.limit_sessions(account["_id"], now + timedelta(hours=hours))
    return str(account["_id"])


@accounts.command()
@click.option("--account", required=True)
@click.option("--reason", required=True)
def block(account: str, reason: str) -> None:
    """Block an account at once, also an officer's, whose block needs two officers otherwise. Prints its id."""
    try:
        click.echo(mongo.in_transaction(partial(shut_out, Store(mongo.database("accounts")), account, reason)))
    except (SuiteError, SettingError) as error:
        raise click.ClickException(str(error)) from None


def shut_out(store: Store, id: str, reason: str) -> str:
    """Block an account. Call it in a transaction."""
    before = store.account(id)
    after = people.blocked(before)
    told = events.power_changed(id, people.powers_of(after))
    return _end_access(store, before, after, "accounts.blocked", "state", reason, told)


@accounts.command("remove-authenticator")
@click.option("--account", required=True)
@click.option("--reason", required=True)
def remove_authenticator(account: str, reason: str) -> None:
    """Remove the authenticator app of an account, also an officer's, which needs two officers otherwise, and end its
    sessions. Prints its id."""
    try:
        click.echo(mongo.in_transaction(partial(go_without, Store(mongo.database("accounts")), account, reason)))
    except (SuiteError, SettingError) as error:
        raise click.ClickException(str(error)) from None


def go_without(store: Store, id: str, reason: str) -> str:
    """Remove the authenticator of an account. Call it in a transaction."""
    before = store.account(id)
    after: Account = {**before, "authenticator": False}
    store.forget_authenticator(id)
    told = events.authenticator_removed(id)
    return _end_access(store, before, after, "accounts.authenticator_removed", "authenticator", reason, told)


def _end_access(
    store: Store,
    before: Account,
    after: Account,
    action: str,
    changed: str,
    reason: str,
    told: PendingEvent,
) -> str:
    """Save the account, end its sessions and revoke its tokens: gateways ask for the list of revoked ones all the
    time."""
    id, saved = before["_id"], people.next_generation(after)
    store.end_sessions(id, clock.now())
    store.revoke(Kind.ACCOUNT, id, people.generation(saved))
    was, became = ({changed: account.get(changed)} for account in (before, after))
    entry = audit.entry(action, f"account/{id}", was, became, f"by an operator, at the machine: {reason}")
    store.save("accounts", saved, told, entry)
    return id


@accounts.command("replace-keys")
@click.confirmation_option(prompt="Every access token ends with this, and is refreshed by its holder. Go on?")
def replace_keys() -> None:
    """Withdraw the keys that sign access tokens and make another, after a leak. Prints its name."""
    click.echo(Signer(Store(mongo.database("accounts"))).replace(clock.now()))
