"""The return path of one row (VERP): `n.<campaign and reader>.<MAC>@domain`. A bounce to it names the row by itself."""

from __future__ import annotations

from wsis_shared.mailboxes import read_address, sign_address

KIND = "n"
CAMPAIGN_BYTES, READER_BYTES = 8, 16  # 24 of the 25 that an address has room for


def return_path(row: str, *, secret: str, domain: str) -> str:
    """The envelope's sender for a row, whose id is `campaign|reader`, both hexadecimal."""
    return sign_address(KIND, bytes.fromhex(row.replace("|", "")), secret=secret, domain=domain)


def row_of(address: str, *, secret: str) -> str | None:
    """The row that a mail to this address is about; None where we did not make the address."""
    payload = read_address(KIND, address, secret=secret)
    if payload is None or len(payload) != CAMPAIGN_BYTES + READER_BYTES:
        return None
    return f"{payload[:CAMPAIGN_BYTES].hex()}|{payload[CAMPAIGN_BYTES:].hex()}"


def is_valid(address: str, secret: str) -> bool:
    """The check of the mailbox at RCPT time."""
    return row_of(address, secret=secret) is not None
