"""What anybody may ask of the public log, without an account."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from wsis_shared import context
from wsis_shared.bus import rpc

from wsis_voting import errors
from wsis_voting.domain import Contest
from wsis_voting.domain.leaves import VOID, Leaf, openings_file
from wsis_voting.domain.receipts import RECEIPT, RECEIPT_FIELDS, verify
from wsis_voting.service import answers
from wsis_voting.service.publishing import Publishing
from wsis_voting.store import Ballots, Log, Lookup, Results

_COMMITMENT = re.compile(r"[0-9a-f]{64}")


class LogCalls:
    """A part of VotingService."""

    log: Log
    results: Results
    lookup: Lookup
    ballots: Ballots

    def _contest(self, edition: str) -> Contest:
        raise NotImplementedError

    @rpc
    def read_keys(self, edition: str) -> dict[str, Any]:
        """The public keys that receipts, heads and the result are signed with."""
        self._contest(edition)
        return self._publishing().keys(edition)

    @rpc
    def read_log_head(self, edition: str) -> dict[str, Any]:
        """The last signed head."""
        self._contest(edition)
        return self._head(edition)

    @rpc
    def list_log_heads(self, edition: str, after: int = 0, limit: int = 100) -> dict[str, Any]:
        """Signed heads in order."""
        self._contest(edition)
        items = self.log.heads(edition, after, limit)
        return {"items": items, "next": items[-1]["number"] if len(items) == limit else None}

    @rpc
    def read_log_consistency(self, edition: str, to: int, **sizes: int) -> dict[str, Any]:
        """The proof that the tree of `to` leaves begins with the one of `from`."""
        self._contest(edition)
        first = sizes["from"]
        size = self.log.state(edition)["size"]
        for name, asked, most in (("to", to, size), ("from", first, to)):
            if asked > most:
                raise errors.log_size_unknown(name, most)
        return {
            "from": first,
            "to": to,
            "proof": [step.hex() for step in self.log.tree(edition).consistency(first, to)],
        }

    @rpc
    def list_log_leaves(self, edition: str, after: int = 0, limit: int = 1000) -> dict[str, Any]:
        """Leaves in order; the place of a leaf in the tree is its number here."""
        self._contest(edition)
        size = self.log.state(edition)["size"]
        end = min(size, after + limit)
        items = [_shown(leaf) for leaf in self.log.leaves(edition, after, end)]
        return {"items": items, "next": end if end < size else None}

    @rpc
    def list_log_openings(self, edition: str, category: str, after: int = 0) -> dict[str, Any]:
        """Openings of a category, some thousand at a time, in the order of the published file."""
        digest = self._result(edition)["files"].get(openings_file(category), "")
        pieces = list(islice(self.results.openings(edition, digest, after), 2))
        lines = pieces[0].decode().splitlines() if pieces else []
        return {"items": lines, "next": after + 1 if len(pieces) > 1 else None}

    @rpc
    def read_log_result(self, edition: str) -> dict[str, Any]:
        """The certified result, signed, with the digests of the openings."""
        return self._result(edition)

    @rpc
    def read_log_certification(self, edition: str) -> dict[str, Any]:
        """The signed commitment to the certified result."""
        self._must_be_certified(edition)
        certification = self.results.certification(edition)
        if certification is None:
            raise errors.not_certified(edition)
        return certification

    @rpc
    def read_receipt(self, edition: str, commitment: str) -> dict[str, Any]:
        """What became of the vote behind a receipt. Its voter, signed in, is told as well that it is excluded: nobody
        else is until the certification, for it would show officers the votes of the account that they exclude."""
        return {**self._receipt_state(edition, commitment), "excluded": self._exclusion_of(edition, commitment)}

    def _exclusion_of(self, edition: str, commitment: str) -> dict[str, Any] | None:
        ctx = context.current()
        if not ctx.actor.known:
            return None
        ballot = self.ballots.ballot(edition, str(ctx.actor.id))
        own = self.ballots.receipts_of(ballot).values() if ballot.excluded else ()
        mine = any(receipt["commitment"] == commitment for receipt in own)
        return answers.exclusion(ballot.excluded, ctx.locale) if mine else None

    def _receipt_state(self, edition: str, commitment: str) -> dict[str, Any]:
        self._contest(edition)
        if not _COMMITMENT.fullmatch(commitment):
            raise errors.receipt_unknown()
        wanted = bytes.fromhex(commitment)
        found = self.lookup.find(edition, wanted)
        if not found and self.log.waits(edition, wanted):
            return {"edition": edition, "commitment": commitment, "state": "pending"}
        # The writer may have taken it from what waits between the two looks: then it is in the log by now.
        found = found or self.lookup.find(edition, wanted)
        if not found:
            raise errors.receipt_unknown()
        index, (head, result) = found[0][0], (self._head(edition), self.results.last(edition))
        place, last = found[-1]
        state = "counted" if result and index < result["head"]["size"] else "logged"
        tree = self.log.tree(edition)
        return {
            "edition": edition, "commitment": commitment, "state": "void" if last.kind == VOID else state,
            "reason": last.reason or None, "index": index, "size": head["size"], "head": head,
            "proof": [step.hex() for step in tree.inclusion(index, head["size"])],
            "void_index": place if last.kind == VOID else None,
        }  # fmt: skip

    @rpc
    def verify_receipt(self, edition: str, body: dict[str, Any]) -> dict[str, Any]:
        """Is this receipt one of ours? Raises receipt_invalid."""
        self._contest(edition)
        receipt, signer = body["receipt"], self.ballots.keys.signer(edition)
        if receipt.keys() != RECEIPT_FIELDS or receipt["edition"] != edition or receipt["v"] != 1:
            raise errors.receipt_invalid()
        if not verify(RECEIPT, receipt, signer.public):
            raise errors.receipt_invalid()
        return {"valid": True, "key_id": signer.key_id}

    def _result(self, edition: str) -> dict[str, Any]:
        self._must_be_certified(edition)
        result = self.results.published(edition)
        if result is None:
            raise errors.result_under_embargo(edition)
        return result

    def _must_be_certified(self, edition: str) -> None:
        # A former version reopened what was certified: then that does not stand any more.
        if not self._contest(edition).certified:
            raise errors.not_certified(edition)

    def _head(self, edition: str) -> dict[str, Any]:
        head = self.log.head(edition)
        if head is None:
            raise errors.log_empty(edition)
        return head

    def _publishing(self) -> Publishing:
        return Publishing(self.log, self.results, self.ballots)


def _shown(leaf: Leaf) -> dict[str, str]:
    shown = {"c": leaf.commitment.hex(), "t": leaf.kind}
    return {**shown, "reason": leaf.reason} if leaf.reason else shown
