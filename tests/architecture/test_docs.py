"""Docs are true: what they link, run, draw or list is there."""

from __future__ import annotations

import itertools
import re
import shlex
from pathlib import Path
from typing import Any

import click
import pytest
from wsis_shared import settings_page
from wsis_shared.cli import main
from wsis_shared.settings import Suite

_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^ *```(?P<kind>\w*)\n(?P<text>.*?)^ *```", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`((?:make|wsis|deploy/[\w./-]+|kubectl) [^`]+)`")
_INNER = re.compile(r"^(?:deploy/compose (?:exec|run) (?:-\S+ )*\S+|kubectl .*? --) (?=wsis )")
_TREE_LINE = re.compile(r"^(?P<indent>[│ ]*)[├└]── (?P<names>\S+(?:  ?\S+/)*)")


def _pages(project: Any) -> list[Path]:
    return [path for path in project.files(".md") if "template" not in path.relative_to(project.root).parts]


def _anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def test_links_lead_somewhere(project: Any) -> None:
    wrong = []
    for page in _pages(project):
        for match in _LINK.finditer(re.sub(_FENCE, "", page.read_text("utf-8"))):
            target, _, anchor = match["target"].partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            file = (page.parent / target).resolve() if target else page
            if not file.exists() or (anchor and anchor not in _anchors(file)):
                wrong.append(f"{page.relative_to(project.root)}: {match['target']}")
    assert wrong == []


def test_commands_exist(project: Any) -> None:
    makefile = (project.root / "Makefile").read_text("utf-8")
    targets = {name for line in re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE) for name in line.split()}
    wrong = []
    for page in _pages(project):
        text = page.read_text("utf-8")
        lines = [
            line
            for match in _FENCE.finditer(text)
            if match["kind"] in ("sh", "console", "bash")
            for line in match["text"].splitlines()
        ]
        for command in [*lines, *_SPAN.findall(text)]:
            words = _words(command)
            if not words or "..." in words[0]:
                continue
            if words[0] == "make" and not _is_target(words[1:], targets):
                wrong.append(f"{page.relative_to(project.root)}: {command}")
            if words[0] in ("wsis", ".venv/bin/wsis") and not _is_command(words[1:]):
                wrong.append(f"{page.relative_to(project.root)}: {command}")
            if "/" in words[0] and not words[0].startswith((".venv", "/")) and not (project.root / words[0]).exists():
                wrong.append(f"{page.relative_to(project.root)}: {command}")
    assert wrong == []


def _words(line: str) -> list[str]:
    """Of its first command, inside a container the one there; none where a text in quotes goes over several lines."""
    line = line.strip().removeprefix("$ ").split("#")[0].split("|")[0].split("&&")[0]
    try:
        words = shlex.split(_INNER.sub("", line))
    except ValueError:
        return []
    return list(itertools.dropwhile(re.compile("[A-Z_]+=").match, words))


def _is_target(words: list[str], targets: set[str]) -> bool:
    named = [word for word in words if "=" not in word and not word.startswith("-") and word != "<name>"]
    return all(name in targets or name.startswith("bench-") for name in named)


def _is_command(words: list[str]) -> bool:
    command: click.Command | None = main
    for word in words:
        if not isinstance(command, click.Group) or word.startswith(("-", "<", "NAME")):
            break
        command = command.get_command(click.Context(command), word)
        if command is None:
            return False
    if command is None or command.context_settings.get("ignore_unknown_options"):
        return command is not None
    options = {option for one in command.params for option in (*one.opts, *one.secondary_opts)} | {"--help"}
    return {word.partition("=")[0] for word in words if word.startswith("-")} <= options


def test_tree_is_true(project: Any) -> None:
    """Every path of the tree is there, and every thing at the top level is in the tree."""
    page = project.root / "docs/architecture.md"
    block = next(match["text"] for match in _FENCE.finditer(page.read_text("utf-8")) if "├──" in match["text"])
    stack: list[str] = []
    wrong, top = [], set()
    for line in block.splitlines():
        match = _TREE_LINE.match(line)
        if match is None:
            continue
        depth = len(match["indent"]) // 4
        name = match["names"]
        stack[depth:] = [name.rstrip("/")]
        path = "/".join(stack)
        if depth == 0:
            top.add(name.rstrip("/"))
        found = list(project.root.glob(path.replace("<name>", "*")))
        if not found or (name.endswith("/") and not found[0].is_dir()):
            wrong.append(path)
    assert wrong == []
    there = {path.relative_to(project.root).parts[0] for path in project.files()}
    assert there - top == set()


def test_readme_of_shared_names_its_modules(project: Any) -> None:
    """Each once, in the table."""
    package, page = project.root / "shared/src/wsis_shared", project.root / "shared/README.md"
    modules = [path.name for path in package.glob("[a-z]*.py")]
    packages = [f"{path.parent.name}/" for path in package.glob("*/__init__.py")]
    rows = re.findall(r"^\| .+$", page.read_text("utf-8"), re.MULTILINE)
    assert sorted(re.findall(r"`(.+?)`", " ".join(rows))) == sorted(modules + packages)


def test_events_page_is_current(project: Any) -> None:
    """The table of docs/events.md is right about every service that it names; a new one may join without an edit."""
    page = (project.root / "docs/events.md").read_text("utf-8")
    between = re.search(r"<!-- events -->\n(.*?)<!-- /events -->", page, re.DOTALL)
    assert between
    listed = set(re.findall(r"^\| `([a-z0-9_.]+)`", between[1], re.MULTILINE))
    named = {event.split(".")[0] for event in listed}
    told = {
        f"{plugin.name}.{event.type}.v{event.version}"
        for plugin in project.plugins
        if plugin.name in named
        for event in plugin.publishes
    }
    assert (told - listed, listed - told) == (set(), set()), "run `python docs/list_events.py`"


def test_readme_lists_its_events(project: Any, plugin: Any) -> None:
    readme = (project.services[plugin.name] / "README.md").read_text("utf-8")
    own = [event.type for event in plugin.publishes if event.schema.__module__.startswith(f"wsis_{plugin.name}")]
    assert [event for event in own if f"`{event}`" not in readme] == []


def test_readme_lists_its_collections(project: Any, plugin: Any) -> None:
    words = set(re.findall(r"\w+", (project.services[plugin.name] / "README.md").read_text("utf-8")))
    assert [one.name for one in plugin.load("collections") if one.name not in words] == []


def test_settings_page_is_current(project: Any) -> None:
    """docs/settings.md is right about every service that it names; a new one may join without an edit."""
    written = (project.root / "docs/settings.md").read_text("utf-8")
    readers = set(re.findall(r"[\w-]+", " ".join(re.findall(r"([^|]*) \|$", written, re.MULTILINE))))
    named = [plugin for plugin in project.plugins if readers & {plugin.name, *settings_page.settings_of(plugin)}]
    assert written == settings_page.page(named), "run `make inventories`"


def test_settings_are_explained(project: Any) -> None:
    described = [one for kind in [Suite, *project.settings()] for one in kind.described()]
    assert [one.variable for one in described if not one.comment] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", "CHANGELOG.md"])
def test_front_pages_are_there(project: Any, name: str) -> None:
    assert (project.root / name).stat().st_size > 200


def test_decisions_are_numbered_without_a_gap(project: Any) -> None:
    numbers = sorted(int(path.name[:4]) for path in (project.root / "docs/decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
