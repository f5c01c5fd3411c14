"""A visitor who has no mouse."""

from __future__ import annotations

from .conftest import Tab

MOST_KEYS = 60
FOCUSED = """selector => {
  const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const label = at.labels && at.labels[0];
  const outlines = [at, label].filter(Boolean).map(each => getComputedStyle(each));
  return {name: at.name || at.tagName.toLowerCase(), wanted: at.matches(selector),
          seen: at.tagName === "BODY" || outlines.some(each =>
            (each.outlineStyle !== "none" && parseFloat(each.outlineWidth) > 0) || each.boxShadow !== "none"),
          covered: !(top && (at.contains(top) || top.contains(at) || (label && label.contains(top))))};
}"""


def tab_to(tab: Tab, selector: str) -> int:
    """Press Tab until what is wanted has the focus: seen at each step, and not covered at the last. So many keys."""
    for count in range(1, MOST_KEYS):
        tab.page.keyboard.press("Tab")
        at = tab.page.evaluate(FOCUSED, selector)
        assert at["seen"], f"nothing shows that {at['name']} has the focus"
        if at["wanted"]:
            assert not at["covered"], selector
            return count
    raise AssertionError(f"no {selector} within {MOST_KEYS} keys")
