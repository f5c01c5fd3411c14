"""Whether our own MTA vouches for the domain in From: `dmarc=pass` in its Authentication-Results (RFC 8601, RFC 7489).

The header can be forged. Our MTA removes incoming ones with its id and adds its own on top, so only the topmost header
with this id counts, and only for the domain that it names.
"""

from __future__ import annotations

import re

from wsis_consultation.replies.rules.mails import ReceivedMail

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_MAX_NESTED = 10  # comments within one another
_DMARC = re.compile(r"\s*dmarc(?:\s*/\s*\d+)?\s*=\s*([a-z]+)\b(.*)", re.IGNORECASE | re.DOTALL)
_FROM = re.compile(r"\bheader\.from\s*=\s*@?([^\s;]+)", re.IGNORECASE)


def is_authentic(mail: ReceivedMail, authserv_id: str) -> bool:
    """True if the MTA with this id found that DMARC passes for the domain in From; never for an empty id."""
    results = [value for value in map(_plain, mail.all("authentication-results")) if authserv_id]
    own = next((value for value in results if _authserv_id(value) == authserv_id.lower()), "")
    found = [match for part in own.split(";")[1:] if (match := _DMARC.fullmatch(part))]
    if len(found) != 1 or found[0][1].lower() != "pass":
        return False
    domains = _FROM.findall(found[0][2])
    return len(domains) == 1 and domains[0].lower() == mail.author.rpartition("@")[2].lower() != ""


def is_author(mail: ReceivedMail, email: str) -> bool:
    """Whether From is this address. Case of letters does not count."""
    return bool(mail.author) and mail.author.casefold() == email.casefold()


def _plain(value: str) -> str:
    """The value without quoted strings and comments, in which a sender may have written anything."""
    value = _QUOTED.sub("", value)
    for _ in range(_MAX_NESTED):
        value, count = _COMMENT.subn(" ", value)
        if not count:
            break
    return "" if "(" in value or '"' in value else value


def _authserv_id(value: str) -> str:
    return next(iter(value.partition(";")[0].split()), "").lower()
