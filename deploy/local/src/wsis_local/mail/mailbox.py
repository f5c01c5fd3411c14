"""The mails that the catcher holds: one SQLite file, so that 100,000 of them are searched as fast as ten."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import lru_cache
from pathlib import Path

from wsis_shared.json_types import JsonObject

TABLES = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice, so `after` holds across an emptied inbox
    date TEXT NOT NULL, sender TEXT NOT NULL, subject TEXT NOT NULL, message_id TEXT NOT NULL, raw BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_by_message_id ON messages (message_id);
CREATE TABLE IF NOT EXISTS recipients (
    address TEXT NOT NULL, message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, spelled TEXT NOT NULL,
    PRIMARY KEY (address, message)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS recipients_by_message ON recipients (message);
"""
FIELDS = "id, date, sender, subject"
MessageRow = tuple[int, str, str, str]  # of FIELDS
REMEMBERED = 20_000  # mails whose headers are parsed once, however often they are listed


@dataclass(frozen=True)
class Query:
    """What to list; empty fields do not narrow. See the package's docstring for the meaning of each."""

    to: str = ""
    subject: str = ""
    message_id: str = ""
    after: int = 0
    before: int = 0
    limit: int = 50


class Mailbox:
    """Thread-safe; the SMTP side adds while the web side reads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._headers = lru_cache(REMEMBERED)(self._parsed)
        self._database = sqlite3.connect(folder / "mails.sqlite", check_same_thread=False)
        self._database.create_function("folded", 1, str.casefold, deterministic=True)
        # A killed catcher loses nothing in this mode; only a machine that loses power may.
        self._database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        self._database.executescript(TABLES)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def add(self, sender: str, recipients: list[str], raw: bytes) -> int:
        """Keep a mail and return its id."""
        headers = BytesParser(policy=policy.default).parsebytes(raw, headersonly=True)
        row = (datetime.now(UTC).isoformat(), sender, _header(headers, "Subject"), _header(headers, "Message-ID"), raw)
        with self._lock, self._database as transaction:
            number = transaction.execute(
                "INSERT INTO messages (date, sender, subject, message_id, raw) VALUES (?, ?, ?, ?, ?)", row
            ).lastrowid
            transaction.executemany(
                "INSERT OR IGNORE INTO recipients VALUES (?, ?, ?)",
                [(recipient.casefold(), number, recipient) for recipient in recipients],
            )
        return int(number or 0)

    def search(self, query: Query) -> JsonObject:
        """The newest mails that match, and how many match: {"messages": [...], "total": n}."""
        narrowing = {
            "id > ?": query.after,
            "id < ?": query.before,
            "id IN (SELECT message FROM recipients WHERE address = ?)": query.to.casefold(),
            "instr(folded(subject), ?)": query.subject.casefold(),
            "message_id = ?": query.message_id,
        }
        clauses = [clause for clause, value in narrowing.items() if value]
        values = [value for value in narrowing.values() if value]
        where = f"WHERE {' AND '.join(clauses)}" if clauses else ""
        with self._lock:
            counted = f"SELECT count(*) FROM messages {where}"  # noqa: S608 -- fixed clauses; values are parameters
            total = self._database.execute(counted, values).fetchone()[0]
            listed = f"SELECT {FIELDS} FROM messages {where} ORDER BY id DESC LIMIT ?"  # noqa: S608 -- same
            rows = self._database.execute(listed, [*values, query.limit]).fetchall()
            return {"messages": [self._summary(row) for row in rows], "total": total}

    def read(self, number: int) -> JsonObject | None:
        """One mail with its text and HTML, or None."""
        with self._lock:
            row = self._row(number)
            if row is None:
                return None
            summary = self._summary(row)
            raw = self._raw(number)
        message = BytesParser(policy=policy.default).parsebytes(raw)
        return {**summary, "text": _part(message, "plain"), "html": _part(message, "html")}

    def raw(self, number: int) -> bytes | None:
        """One mail as it came, or None."""
        with self._lock:
            return self._raw(number) if self._row(number) else None

    def clear(self) -> None:
        with self._lock, self._database as transaction:
            transaction.execute("DELETE FROM messages")

    def _row(self, number: int) -> MessageRow | None:
        one = f"SELECT {FIELDS} FROM messages WHERE id = ?"  # noqa: S608 -- a constant of this module
        row: MessageRow | None = self._database.execute(one, (number,)).fetchone()
        return row

    def _summary(self, row: MessageRow) -> JsonObject:
        number, date, sender, subject = row
        to = self._database.execute("SELECT spelled FROM recipients WHERE message = ? ORDER BY spelled", (number,))
        headers = self._headers(number)
        return {
            "id": number,
            "to": [spelled for (spelled,) in to],
            "from": headers.get("From") or sender,
            "return_path": sender,
            "subject": subject,
            "date": date,
            "headers": headers,
        }

    def _raw(self, number: int) -> bytes:
        raw: bytes = self._database.execute("SELECT raw FROM messages WHERE id = ?", (number,)).fetchone()[0]
        return raw

    def _parsed(self, number: int) -> dict[str, str]:
        headers = BytesParser(policy=policy.default).parsebytes(self._raw(number), headersonly=True)
        return {name: str(value) for name, value in headers.items()}


def _header(headers: EmailMessage, name: str) -> str:
    return str(headers.get(name, ""))


def _part(message: EmailMessage, subtype: str) -> str | None:
    part = message.get_body((subtype,))
    if part is None:
        return None
    try:
        return str(part.get_content()).replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        # An unknown or wrong charset: show what can be read rather than nothing.
        payload = part.get_payload(decode=True)
        return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else str(payload)
