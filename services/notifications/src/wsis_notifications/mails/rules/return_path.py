"""The return path of one delivery (VERP): `b.<delivery>.<MAC>@domain`. A bounce to it names the delivery by itself."""

from __future__ import annotations

from wsis_shared.mailboxes import read_address, sign_address

KIND = "b"


def return_path(delivery: str, *, secret: str, domain: str) -> str:
    """The envelope's sender for a delivery, whose id is hexadecimal."""
    return sign_address(KIND, bytes.fromhex(delivery), secret=secret, domain=domain)


def delivery_of(address: str, *, secret: str) -> str | None:
    """The delivery that a bounce to this address is about; None where we did not make the address."""
    payload = read_address(KIND, address, secret=secret)
    return payload.hex() if payload else None


def is_valid(address: str, secret: str) -> bool:
    """The check of the mailbox at RCPT time."""
    return delivery_of(address, secret=secret) is not None
