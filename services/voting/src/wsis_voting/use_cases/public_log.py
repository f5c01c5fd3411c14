"""What anybody may ask of the public log, without an account."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.operations import rpc

from wsis_voting.domain.leaves import VOID, Leaf, openings_file
from wsis_voting.domain.receipts import RECEIPT, RECEIPT_FIELDS, verify
from wsis_voting.store import Lookup
from wsis_voting.use_cases import presenters
from wsis_voting.use_cases.directory import ContestDirectory
from wsis_voting.use_cases.publishing import Publishing

_COMMITMENT = re.compile(r"[0-9a-f]{64}")


class PublicLogCases:
    """Read without an account."""

    def __init__(self, directory: ContestDirectory, publishing: Publishing, lookup: Lookup) -> None:
        self._directory, self._publishing, self._lookup = directory, publishing, lookup
        self._log, self._results, self._ballots = publishing.log, publishing.results, publishing.ballots

    @rpc
    def read_keys(self, edition: str) -> dict[str, Any]:
        """The public keys that receipts, heads and the result are signed with."""
        self._directory.get(edition)
        return self._publishing.keys(edition)

    @rpc
    def read_log_head(self, edition: str) -> dict[str, Any]:
        """The last signed head."""
        self._directory.get(edition)
        return self._head(edition)

    @rpc
    def list_log_heads(self, edition: str, after: int = 0, limit: int = 100) -> dict[str, Any]:
        """Signed heads in order."""
        self._directory.get(edition)
        items = self._log.heads(edition, after, limit)
        return {"items": items, "next": items[-1]["number"] if len(items) == limit else None}

    @rpc
    def read_log_consistency(self, edition: str, to: int, **sizes: int) -> dict[str, Any]:
        """The proof that the tree of `to` leaves begins with the one of `from`."""
        self._directory.get(edition)
        first = sizes["from"]
        size = self._log.state(edition)["size"]
        for name, asked, most in (("to", to, size), ("from", first, to)):
            if asked > most:
                raise Invalid("voting.log_size_unknown", most=most, fields={name: [f"At most {most}."]})
        return {
            "from": first,
            "to": to,
            "proof": [step.hex() for step in self._log.tree(edition).consistency(first, to)],
        }

    @rpc
    def list_log_leaves(self, edition: str, after: int = 0, limit: int = 1000) -> dict[str, Any]:
        """Leaves in order; the place of a leaf in the tree is its number here."""
        self._directory.get(edition)
        size = self._log.state(edition)["size"]
        end = min(size, after + limit)
        items = [_shown(leaf) for leaf in self._log.leaves(edition, after, end)]
        return {"items": items, "next": end if end < size else None}

    @rpc
    def list_log_openings(self, edition: str, category: str, after: int = 0) -> dict[str, Any]:
        """Openings of a category, some thousand at a time, in the order of the published file."""
        digest = self.read_log_result(edition)["files"].get(openings_file(category), "")
        pieces = list(islice(self._results.openings(edition, digest, after), 2))
        lines = pieces[0].decode().splitlines() if pieces else []
        return {"items": lines, "next": after + 1 if len(pieces) > 1 else None}

    @rpc
    def read_log_result(self, edition: str) -> dict[str, Any]:
        """The certified result, signed, with the digests of the openings."""
        self._must_be_certified(edition)
        result = self._results.published(edition)
        if result is None:
            raise NotFound("voting.result_under_embargo", edition=edition)
        return result

    @rpc
    def read_log_certification(self, edition: str) -> dict[str, Any]:
        """The signed commitment to the certified result."""
        self._must_be_certified(edition)
        certification = self._results.certification(edition)
        if certification is None:
            raise NotFound("voting.not_certified", edition=edition)
        return certification

    @rpc
    def read_receipt(self, ctx: Context, edition: str, commitment: str) -> dict[str, Any]:
        """What became of the vote behind a receipt. Its voter, signed in, is told as well that it is excluded: nobody
        else is until the certification, for it would show officers the votes of the account that they exclude."""
        return {**self._receipt_state(edition, commitment), "excluded": self._exclusion_of(ctx, edition, commitment)}

    def _exclusion_of(self, ctx: Context, edition: str, commitment: str) -> dict[str, Any] | None:
        if not ctx.actor.known:
            return None
        ballot = self._ballots.ballot(edition, str(ctx.actor.id))
        own = self._ballots.receipts_of(ballot).values() if ballot.excluded else ()
        mine = any(receipt["commitment"] == commitment for receipt in own)
        return presenters.exclusion(ballot.excluded, ctx.locale) if mine else None

    def _receipt_state(self, edition: str, commitment: str) -> dict[str, Any]:
        self._directory.get(edition)
        if not _COMMITMENT.fullmatch(commitment):
            raise NotFound("voting.receipt_unknown")
        wanted = bytes.fromhex(commitment)
        found = self._lookup.find(edition, wanted)
        if not found and self._log.waits(edition, wanted):
            return {"edition": edition, "commitment": commitment, "state": "pending"}
        # The writer may have taken it from what waits between the two looks: then it is in the log by now.
        found = found or self._lookup.find(edition, wanted)
        if not found:
            raise NotFound("voting.receipt_unknown")
        index, (head, result) = found[0][0], (self._head(edition), self._results.last(edition))
        place, last = found[-1]
        state = "counted" if result and index < result["head"]["size"] else "logged"
        tree = self._log.tree(edition)
        return {
            "edition": edition, "commitment": commitment, "state": "void" if last.kind == VOID else state,
            "reason": last.reason or None, "index": index, "size": head["size"], "head": head,
            "proof": [step.hex() for step in tree.inclusion(index, head["size"])],
            "void_index": place if last.kind == VOID else None,
        }  # fmt: skip

    @rpc
    def verify_receipt(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Is this receipt one of ours? Raises receipt_invalid."""
        self._directory.get(edition)
        receipt, signer = body["receipt"], self._ballots.keys.signer(edition)
        if receipt.keys() != RECEIPT_FIELDS or receipt["edition"] != edition or receipt["v"] != 1:
            raise Invalid("voting.receipt_invalid", fields={"receipt": ["Its signature does not fit."]})
        if not verify(RECEIPT, receipt, signer.public):
            raise Invalid("voting.receipt_invalid", fields={"receipt": ["Its signature does not fit."]})
        return {"valid": True, "key_id": signer.key_id}

    def _must_be_certified(self, edition: str) -> None:
        # A former version reopened what was certified: then that does not stand any more.
        if not self._directory.get(edition).certified:
            raise NotFound("voting.not_certified", edition=edition)

    def _head(self, edition: str) -> dict[str, Any]:
        head = self._log.head(edition)
        if head is None:
            raise NotFound("voting.log_empty", edition=edition)
        return head


def _shown(leaf: Leaf) -> dict[str, str]:
    shown = {"c": leaf.commitment.hex(), "t": leaf.kind}
    return {**shown, "reason": leaf.reason} if leaf.reason else shown
