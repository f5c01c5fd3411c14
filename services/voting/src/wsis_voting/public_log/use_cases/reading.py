"""What anybody may ask of the public log, without an account."""

from __future__ import annotations

from itertools import islice

from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc, subscribe

from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.public_log.rules.documents import Certification, Head, Result
from wsis_voting.public_log.rules.leaves import Leaf, openings_file
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import announced


class PublicLogCases:
    """Read without an account."""

    def __init__(self, directory: ContestDirectory, log: Log, results: Results) -> None:
        self._directory, self._log, self._results = directory, log, results

    @subscribe("prizes", "champions_announced")
    def on_champions_announced(self, event: Input) -> None:
        """The result is under embargo no more."""
        self._results.publish(event["data"]["edition"], announced)

    @rpc
    def read_log_head(self, edition: str) -> Head:
        """The last signed head."""
        self._directory.get(edition)
        return last_head(self._log, edition)

    @rpc
    def list_log_heads(self, edition: str, after: int = 0, limit: int = 100) -> JsonObject:
        """Signed heads in order."""
        self._directory.get(edition)
        items = self._log.heads(edition, after, limit)
        return {"items": items, "next": items[-1]["number"] if len(items) == limit else None}

    @rpc
    def read_log_consistency(self, edition: str, to: int, **sizes: int) -> JsonObject:
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
    def list_log_leaves(self, edition: str, after: int = 0, limit: int = 1000) -> JsonObject:
        """Leaves in order; the place of a leaf in the tree is its number here."""
        self._directory.get(edition)
        size = self._log.state(edition)["size"]
        end = min(size, after + limit)
        items = [_shown(leaf) for leaf in self._log.leaves(edition, after, end)]
        return {"items": items, "next": end if end < size else None}

    @rpc
    def list_log_openings(self, edition: str, category: str, after: int = 0) -> JsonObject:
        """Openings of a category, some thousand at a time, in the order of the published file."""
        digest = self.read_log_result(edition)["files"].get(openings_file(category), "")
        pieces = list(islice(self._results.openings(edition, digest, after), 2))
        lines = pieces[0].decode().splitlines() if pieces else []
        return {"items": lines, "next": after + 1 if len(pieces) > 1 else None}

    @rpc
    def read_log_result(self, edition: str) -> Result:
        """The certified result, signed, with the digests of the openings."""
        self._must_be_certified(edition)
        result = self._results.published(edition)
        if result is None:
            raise NotFound("voting.result_under_embargo", edition=edition)
        return result

    @rpc
    def read_log_certification(self, edition: str) -> Certification:
        """The signed commitment to the certified result."""
        self._must_be_certified(edition)
        certification = self._results.certification(edition)
        if certification is None:
            raise NotFound("voting.not_certified", edition=edition)
        return certification

    def _must_be_certified(self, edition: str) -> None:
        # A former version reopened what was certified: then that does not stand any more.
        if not self._directory.get(edition).certified:
            raise NotFound("voting.not_certified", edition=edition)


def last_head(log: Log, edition: str) -> Head:
    """The last signed head. Raises log_empty."""
    head = log.head(edition)
    if head is None:
        raise NotFound("voting.log_empty", edition=edition)
    return head


def _shown(leaf: Leaf) -> dict[str, str]:
    shown = {"c": leaf.commitment.hex(), "t": leaf.kind}
    return {**shown, "reason": leaf.reason} if leaf.reason else shown
