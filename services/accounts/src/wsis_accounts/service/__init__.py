"""The nameko service."""

from __future__ import annotations

from wsis_accounts.service.auditing import Auditing
from wsis_accounts.service.erasing import Erasing
from wsis_accounts.service.me import Me
from wsis_accounts.service.officers import Officers
from wsis_accounts.service.peers import Peers


class AccountsService(Erasing, Me, Officers, Auditing, Peers):
    """Registration, sign-in, roles, and the audit of what staff did."""

    name = "accounts"
