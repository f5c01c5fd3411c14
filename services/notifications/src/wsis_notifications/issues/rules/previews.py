"""Parts with sample values in their slots."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import escape

from wsis_notifications.issues.rules.phrases import why
from wsis_notifications.issues.rules.rendering import Parts

_NAMES = {
    "ar": "ليلى حداد",
    "zh": "王芳",
    "ru": "Анна Иванова",
    "fr": "Élodie Lefèvre",
    "pt": "João Araújo",
    "es": "Íñigo Núñez",
    "en": "Ama Mensah",
}


def with_samples(parts: Parts, language: str, archive_url: str) -> Parts:
    """The parts as a reader gets them; the links that are a reader's own lead nowhere."""
    values = {
        "greeting_name": _NAMES[language],
        "unsubscribe_url": "#",
        "preferences_url": "#",
        "archive_url": archive_url,
        "why": why({}, language),
    }
    html, text = parts.html, parts.text
    for name, value in values.items():
        html, text = html.replace(f"%%{name}%%", str(escape(value))), text.replace(f"%%{name}%%", value)
    return replace(parts, html=html, text=text)
