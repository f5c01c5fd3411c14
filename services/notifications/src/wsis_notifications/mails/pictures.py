"""Mails as a browser shows them: contact sheets, and which mails are wider than the window."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from html import escape
from pathlib import Path

from wsis_notifications.mails.rules.rendering import Written

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_COLUMNS, _HEIGHT = 4, 2600  # mails side by side; the height of a sheet, in CSS pixels
_PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body{{margin:0;font:14px sans-serif}} main{{display:flex;flex-wrap:wrap}} figure{{margin:6px;width:{width}px}}
iframe{{border:0;width:{width}px;height:100px}} .wide{{outline:6px solid red}}
</style><main>{mails}</main><script>
onload = () => {{
  for (const frame of document.querySelectorAll("iframe")) {{
    const page = frame.contentDocument.documentElement;
    frame.style.height = page.scrollHeight + "px";
    if (page.scrollWidth > page.clientWidth) frame.className = "wide";
  }}
}};
</script>"""
_MAIL = '<figure><figcaption>{name}: {subject}</figcaption><iframe title="{name}" srcdoc="{html}"></iframe></figure>'


class NoBrowser(Exception):
    """None of `BROWSERS` is installed."""


def sheet(mails: Iterable[tuple[str, Written]], width: int) -> str:
    """A page that shows (name, mail) pairs side by side, each in a window of `width` CSS pixels."""
    shown = (
        _MAIL.format(name=escape(name), subject=escape(mail.subject), html=escape(mail.html)) for name, mail in mails
    )
    return _PAGE.format(width=width, mails="".join(shown))


def take(page: Path, width: int) -> Path:
    """A picture of a sheet, beside it. Raises NoBrowser."""
    picture = page.with_suffix(".png")
    size = f"--window-size={_COLUMNS * (width + 12)},{_HEIGHT}"
    _browse(page, f"--screenshot={picture}", size, "--force-device-scale-factor=0.6")
    return picture


def too_wide(page: Path) -> list[str]:
    """The names of the mails of a sheet that would scroll sideways. Raises NoBrowser."""
    return re.findall(r'<iframe title="([^"]*)"[^>]*class="wide"', _browse(page, "--dump-dom"))


def _browse(page: Path, *options: str) -> str:
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        raise NoBrowser(f"none of {', '.join(BROWSERS)} is installed")
    fixed = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=5000")
    command = [program, *fixed, *options, page.resolve().as_uri()]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
