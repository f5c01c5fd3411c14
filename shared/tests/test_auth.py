"""Tokens that were verified are remembered, so many and so long."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

import pytest
from joserfc import jwt
from wsis_shared import auth
from wsis_shared.errors import Unauthenticated
from wsis_testkit.tokens import TokenSigner

SIGNER: Any = TokenSigner()


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the signature of each token was checked, where three are remembered."""
    counted: Counter[str] = Counter()
    decode: Any = jwt.decode

    def count(token: str, *arguments: Any, **options: Any) -> Any:
        counted[token] += 1
        return decode(token, *arguments, **options)

    monkeypatch.setattr(jwt, "decode", count)
    monkeypatch.setattr(auth, "CACHE_SIZE", 3)
    return counted


def test_beyond_its_size_the_oldest_token_alone_is_forgotten(decoded: Counter[str]) -> None:
    verifier, tokens = auth.Verifier(SIGNER.jwks), [SIGNER.token(sub=f"v{number}") for number in range(4)]
    for token in (*tokens, *tokens[1:], tokens[0]):
        verifier.verify(token)
    assert [decoded[token] for token in tokens] == [2, 1, 1, 1]


def test_expired_tokens_make_room(decoded: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, short = auth.Verifier(SIGNER.jwks), [SIGNER.token(sub=f"s{number}", seconds=60) for number in range(2)]
    lasting = [SIGNER.token(sub=f"l{number}") for number in range(3)]
    for token in (*short, lasting[0]):
        verifier.verify(token)
    later = time.time() + 90
    monkeypatch.setattr(time, "time", lambda: later)
    for token in (*lasting[1:], *lasting):
        verifier.verify(token)
    assert [decoded[token] for token in lasting] == [1, 1, 1]
    with pytest.raises(Unauthenticated):
        verifier.verify(short[0])
