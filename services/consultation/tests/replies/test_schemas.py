from __future__ import annotations

from typing import Any

import pytest

from wsis_consultation.replies import schemas


@pytest.mark.parametrize("token", ["", "0" * 31, "0" * 33, "G" * 32, "0" * 32 + "\n", None])
def test_token_is_that_of_the_link(token: Any) -> None:
    assert "token" in schemas.HeldReplyToken().validate({"token": token})
    assert schemas.HeldReplyToken().validate({"token": "0a" * 16}) == {}
