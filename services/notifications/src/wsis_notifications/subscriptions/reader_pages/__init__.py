"""Pages of the newsletter for readers: confirmation and preferences. No script, no cookie, nothing from elsewhere."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.page_templates import page_template
from wsis_shared.schemas import LOCALES
from wsis_shared.sentences import Sentences

from wsis_notifications.subscribers.rules import subscribers, topics

say = Sentences("wsis_notifications", "newsletter")


def confirmation(email: str, locale: str) -> str:
    """The page with the button that confirms: opening it changes nothing, since scanners of mails open all links."""
    return _render("confirmation.html", locale, "confirm_heading", email=email, consent=say("consent", locale))


def notice(key: str, locale: str, link: str = "", link_key: str = "") -> str:
    """A page that says one thing, with a link at most."""
    return _render("notice.html", locale, f"{key}_heading", text=say(key, locale), link=link, link_key=link_key)


def preferences(reader: subscribers.Subscriber, note: str = "") -> str:
    """The form of a reader's preferences, in their language; `note` is the key of what just happened."""
    locale = reader["language"]
    chosen = {
        "languages": [(code, reference.language(code).native, code == locale) for code in LOCALES],
        "formats": [(each, say(f"format_{each}", locale), each == reader["format"]) for each in subscribers.FORMATS],
        "topics": [(each, topics.title(each, locale), each in reader["topics"]) for each in topics.TOPICS],
    }
    return _render(
        "preferences.html",
        locale,
        "preferences_heading",
        email=subscribers.masked(reader["email"]),
        active=reader["state"] == subscribers.ACTIVE,
        note=say(note, locale) if note else "",
        **chosen,
    )


def _render(name: str, locale: str, heading: str, **values: object) -> str:
    return page_template("wsis_notifications.subscriptions", "reader_pages", name).render(
        locale=locale,
        direction=reference.language(locale).direction,
        heading=say(heading, locale),
        say=lambda key: say(key, locale),
        **values,
    )
