"""What a mail to a bounce address says about the delivery: a pure function of its bytes.

A delivery status notification (RFC 3464, RFC 6533) is read by its fields, never by its sentences: those are written in
many languages and repeat what the person wrote. Exim and qmail also send bounces without fields; for them the header
and the enhanced status code (RFC 3463) in the text count. The mail that comes back inside a bounce is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from typing import Any

from wsis_shared import raw_mail

from wsis_notifications.addresses.rules.suppression import OF_SENDER, is_no_mailbox

# Worst first: a report about several recipients has the kind of the worst.
KINDS = ("hard", "soft", "blocked", "delayed", "delivered", "complaint", "auto_reply", "other")
BOUNCES = KINDS[:3]
PARTS_LIMIT = 100
_COMPLAINTS = ("abuse", "fraud", "virus", "other", "opt-out")
_RETURNED = ("message/rfc822", "text/rfc822-headers")
_ADDRESS = re.compile(r"(?<![\w.+-])[a-z]\.[a-z2-7]{2,48}\.[a-z2-7]{20}@[\w.-]{1,253}", re.IGNORECASE)

FEEDBACK = "message/feedback-report"
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?<!\d)([45]\d\d)(?!\d)")
_SENTENCES = ("this is the qmail-send program", "message could not be delivered", "permanent error", "delivery failed")
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")


@dataclass(frozen=True)
class Report:
    """`kind` of KINDS, and the status code ("5.1.1") where there is one. Neither holds an address.

    hard        the address does not exist or takes no mail any more
    soft        it may work later: a full mailbox, a host that is away
    blocked     the receiver refuses us, by policy or reputation: the address may be good
    delayed, delivered, complaint, auto_reply, other
                no bounce
    """

    kind: str
    status: str = ""

    @property
    def is_bounce(self) -> bool:
        """True if the mail did not reach the person."""
        return self.kind in BOUNCES


def read_report(raw: bytes) -> Report:
    """What the mail says. Never raises: what cannot be read is `other`."""
    try:
        message = raw_mail.parse(raw)
        parts = list(leaves(message))
        if any(part.get_content_type() == FEEDBACK for part in parts):
            return Report("other" if _complaint_of(parts) is None else "complaint")
        reports = [_of_recipient(fields) for part in parts for fields in _recipients(part)]
        reports += [] if reports else _without_fields(message, parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return Report("other")
    if reports:
        return min(reports, key=lambda report: KINDS.index(report.kind))
    return Report("auto_reply" if _is_automatic(message) else "other")


def read_complaint(raw: bytes) -> tuple[str, ...] | None:
    """The addresses of ours in a report that somebody called a mail spam (ARF, RFC 5965): the envelope's sender and
    what stands in List-Unsubscribe. They are signed, so that only who has the mail can report it; the person's own
    address, which anybody can write there, is not read. None for another mail, and for a report of "not spam"."""
    try:
        return _complaint_of(list(leaves(raw_mail.parse(raw))))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _complaint_of(parts: list[Message]) -> tuple[str, ...] | None:
    reports = [report for part in parts if part.get_content_type() == FEEDBACK for report in inside(part)]
    if not any(str(report.get("Feedback-Type", "")).strip().lower() in _COMPLAINTS for report in reports):
        return None
    mails = [mail for part in parts if part.get_content_type() in _RETURNED for mail in _headers_of(part)]
    texts = [str(report.get("Original-Mail-From", "")) for report in reports]
    texts += [str(mail.get(name, "")) for mail in mails for name in ("Return-Path", "List-Unsubscribe")]
    return tuple(dict.fromkeys(address.lower() for text in texts for address in _ADDRESS.findall(text)))


def _headers_of(part: Message) -> list[Message]:
    return inside(part) if part.is_multipart() else [HeaderParser().parsestr(str(part.get_payload()))]


def leaves(message: Message) -> Iterator[Message]:
    """The leaves of the mail itself; a mail inside it is a leaf and stays closed."""
    waiting, seen = [message], 0
    while waiting and seen < PARTS_LIMIT:
        part, seen = waiting.pop(0), seen + 1
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += inside(part)
        else:
            yield part


def inside(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return list(payload)


def _recipients(part: Message) -> list[Message]:
    """The groups of fields, one per recipient, of a delivery status; the first group is about the mail."""
    if part.get_content_type() not in _STATUS_TYPES or not part.is_multipart():
        return []
    groups = inside(part)
    if part.get_content_type() != _STATUS_TYPES[0]:  # Python reads this type as a mail: the further groups are its text
        text = str(groups[0].get_payload())
        texts = re.split(r"\r?\n[ \t]*\r?\n", text.strip(), maxsplit=PARTS_LIMIT)
        groups += [HeaderParser().parsestr(group) for group in texts]
    return [group for group in groups if "Action" in group or "Final-Recipient" in group]


def _of_recipient(fields: Message) -> Report:
    action = str(fields.get("Action", "")).strip().lower()
    diagnostic = str(fields.get("Diagnostic-Code", ""))
    status = _STATUS.search(str(fields.get("Status", "")))
    if action in ("delivered", "relayed", "expanded"):
        return Report("delivered")
    if action == "delayed":
        return Report("delayed", status[0] if status else "")
    if status is None or status[0][1:] == ".0.0":
        status = _STATUS.search(diagnostic) or status
    return _of_status(status, diagnostic)


def report_of_status(code: str, text: str) -> Report:
    """Of an enhanced status code, and the reply that explains one without meaning (5.0.0)."""
    return _of_status(_STATUS.search(code), text)


def _of_status(status: re.Match[str] | None, text: str) -> Report:
    """RFC 3463: the class, then the subject, then the detail. A code without meaning (5.0.0) leaves the SMTP reply."""
    reply = _REPLY_CODE.search(text)
    code = status[0] if status else ""
    digits = tuple(int(group) for group in status.groups()) if status else (int(reply[1][0]) if reply else 0, 0, 0)
    if digits[0] == 2:
        return Report("delivered", code)
    if digits[0] != 5:
        return Report("soft" if digits[0] == 4 else "other", code)
    if digits[1] == 7 or digits[1:] in OF_SENDER:
        return Report("blocked", code)
    unexplained = digits[1:] == (0, 0) and reply is not None and reply[1] in ("550", "551", "553")
    return Report("hard" if is_no_mailbox(*digits[1:]) or unexplained else "soft", code)


def _without_fields(message: Message, parts: list[Message]) -> list[Report]:
    """Exim names the recipients in a header, qmail says who it is; the codes stand in the text."""
    texts = [part for part in parts if part.get_content_type() == "text/plain"]
    payload = texts[0].get_payload(decode=True) if texts else b""
    text = (payload if isinstance(payload, bytes) else b"").decode("utf-8", "replace")[:20_000]
    text = re.split(r"(?im)^-+ *(?:this is a copy of|below this line is a copy)", text)[0]
    is_exim = "X-Failed-Recipients" in message
    from_daemon = "mailer-daemon" in str(message.get("From", "")).lower()
    if not is_exim and not (from_daemon and any(sentence in text.lower() for sentence in _SENTENCES)):
        return []
    report = _of_status(_STATUS.search(text), text)
    return [report if report.kind != "other" else Report("soft")]


def _is_automatic(message: Message) -> bool:
    submitted = str(message.get("Auto-Submitted", "no")).strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return submitted != "no" or precedence in ("auto_reply", "bulk", "junk") or "X-Autoreply" in message
