"""Who a member is, as accounts knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wsis_shared import reference

from wsis_consultation.submissions import errors

if TYPE_CHECKING:
    from wsis_shared.bus.service import ServiceProxy


class People:
    """The confirmed address and the profile of an account."""

    def __init__(self, accounts: ServiceProxy) -> None:
        self._accounts = accounts

    def contact(self, account: str) -> dict[str, Any]:
        """{account, email, names, locale}. Raises Forbidden where the account is gone."""
        found = self._accounts.contacts(ids=[account])
        if not found:
            raise errors.link_needed()
        contact: dict[str, Any] = found[0]
        return contact

    def known_answers(self, account: str) -> dict[str, Any]:
        """What the form need not ask again of a member."""
        profile, contact = self._accounts.profile(account=account), self.contact(account)
        kind = profile.get("stakeholder_type")
        answers = {
            "full_name": contact["names"],
            "email": contact["email"],
            "organization_name": profile.get("organization"),
            "organization_country": profile.get("country"),
            "stakeholder_type": kind if reference.is_stakeholder_type(kind, "consultation") else None,
        }
        return {code: value for code, value in answers.items() if value}
