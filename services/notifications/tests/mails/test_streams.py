"""Two streams of mail: what each is sent from, and what it takes of the other."""

from __future__ import annotations

import pytest
from wsis_shared.settings import SettingError

from wsis_notifications.mails import streams
from wsis_notifications.settings import Settings

from .test_dkim import key_and_record

OWN = {"mail_from": "WSIS <codes@wsis.example>", "mail_domain": "mail.wsis.example"}


def test_without_settings_of_its_own_mail_to_many_is_as_codes_are() -> None:
    settings = Settings(**OWN, dkim_domain="wsis.example", dkim_selector="one", dkim_key=key_and_record()[0])
    codes, bulk = streams.personal(settings), streams.bulk(settings)
    assert (bulk.sender, bulk.return_domain, bulk.host) == (codes.sender, "mail.wsis.example", "wsis.example")
    assert codes.signer is not None
    assert bulk.signer is not None


def test_codes_are_never_sent_as_mail_to_many_is() -> None:
    settings = Settings(**OWN, newsletter_from="News <news@news.wsis.example>", newsletter_domain="b.wsis.example")
    codes, bulk = streams.personal(settings), streams.bulk(settings)
    assert (codes.sender.address, codes.return_domain) == ("codes@wsis.example", "mail.wsis.example")
    assert (bulk.sender.address, bulk.return_domain) == ("news@news.wsis.example", "b.wsis.example")
    assert codes.signer is bulk.signer is None


def test_a_key_that_is_none_is_named_by_its_setting() -> None:
    wrong = Settings(newsletter_dkim_domain="news.wsis.example", newsletter_dkim_key="x")
    with pytest.raises(SettingError, match="WSIS_NEWSLETTER_DKIM_KEY"):
        streams.bulk(wrong)
    with pytest.raises(SettingError, match="WSIS_DKIM_KEY"):
        streams.personal(Settings(dkim_domain="wsis.example", dkim_key="x"))
