"""What became of the vote behind a receipt, for anybody who has it."""

from __future__ import annotations

import re

from wsis_shared.context import Context
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.parts import Parts

from wsis_voting.ballots.store.ballots import Ballots, of_process
from wsis_voting.ballots.use_cases import presenters
from wsis_voting.ballots.use_cases.presenters import Exclusion
from wsis_voting.contests.use_cases import ContestDirectory, directory_of
from wsis_voting.keys.rules import RECEIPT, Receipt, public_keys, verify
from wsis_voting.public_log.rules.leaves import VOID
from wsis_voting.public_log.rules.receipt_states import PENDING
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.lookup import Lookup
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.reading import last_head
from wsis_voting.receipts import rules

_COMMITMENT = re.compile(r"[0-9a-f]{64}")


class ReceiptCases:
    """Read without an account."""

    def __init__(
        self, directory: ContestDirectory, log: Log, results: Results, ballots: Ballots, lookup: Lookup
    ) -> None:
        self._directory, self._log, self._results = directory, log, results
        self._ballots, self._lookup, self._keys = ballots, lookup, ballots.keys

    @rpc
    def read_receipt(self, ctx: Context, edition: str, commitment: str) -> JsonObject:
        """What became of the vote behind a receipt. Its voter, signed in, is told as well that it is excluded: nobody
        else is until the certification, for it would show officers the votes of the account that they exclude."""
        return {**self._receipt_state(edition, commitment), "excluded": self._exclusion_of(ctx, edition, commitment)}

    def _exclusion_of(self, ctx: Context, edition: str, commitment: str) -> Exclusion | None:
        if not ctx.actor.known:
            return None
        ballot = self._ballots.ballot(edition, str(ctx.actor.id))
        own = self._ballots.receipts_of(ballot).values() if ballot.excluded else ()
        mine = any(receipt["commitment"] == commitment for receipt in own)
        return presenters.exclusion(ballot.excluded, ctx.locale) if mine else None

    def _receipt_state(self, edition: str, commitment: str) -> JsonObject:
        self._directory.get(edition)
        if not _COMMITMENT.fullmatch(commitment):
            raise NotFound("voting.receipt_unknown")
        wanted = bytes.fromhex(commitment)
        found = self._lookup.find(edition, wanted)
        if not found and self._log.waits(edition, wanted):
            return {"edition": edition, "commitment": commitment, "state": PENDING}
        # The writer may have taken it from what waits between the two looks: then it is in the log by now.
        found = found or self._lookup.find(edition, wanted)
        if not found:
            raise NotFound("voting.receipt_unknown")
        index, (head, result) = found[0][0], (last_head(self._log, edition), self._results.last(edition))
        place, last = found[-1]
        is_void, counted_size = last.kind == VOID, result["head"]["size"] if result else 0
        tree = self._log.tree(edition)
        return {
            "edition": edition,
            "commitment": commitment,
            "state": rules.state_of(index, is_void=is_void, counted_size=counted_size),
            "reason": last.reason or None,
            "index": index,
            "size": head["size"],
            "head": head,
            "proof": [step.hex() for step in tree.inclusion(index, head["size"])],
            "void_index": place if is_void else None,
        }

    @rpc
    def read_keys(self, edition: str) -> JsonObject:
        """The public keys that receipts, heads and the result are signed with."""
        self._directory.get(edition)
        return public_keys(edition, self._keys.signer(edition))

    @rpc
    def verify_receipt(self, edition: str, body: Input) -> JsonObject:
        """Is this receipt one of ours? Raises receipt_invalid."""
        self._directory.get(edition)
        receipt, signer = body["receipt"], self._keys.signer(edition)
        if receipt.keys() != Receipt.__required_keys__ or receipt["edition"] != edition or receipt["v"] != 1:
            raise Invalid("voting.receipt_invalid", fields={"receipt": ["Its signature does not fit."]})
        if not verify(RECEIPT, receipt, signer.public):
            raise Invalid("voting.receipt_invalid", fields={"receipt": ["Its signature does not fit."]})
        return {"valid": True, "key_id": signer.key_id}


def compose(parts: Parts) -> ReceiptCases:
    """The use cases with their collaborators; called once per process."""
    log = Log(parts.db)
    return ReceiptCases(directory_of(parts), log, Results(parts.db), of_process(parts.db), Lookup(log))
