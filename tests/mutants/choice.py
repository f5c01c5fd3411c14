"""Which tests are run for a mutant: those that name what it changes, or what calls that."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

from tests.mutants.changes import FUNCTIONS, Change

PURE, SERVING = 8, 6  # so many modules without and with servers
LEVELS = 4  # of callers
SUITES = {"shared": ("shared/tests", "tests/integration"), "gateway": ("gateway/tests",)}
LONG = re.compile(r"test_(faults|demo)|_faults_")
WORD = re.compile(r"\w+")
PART = re.compile(r"[a-z]{4,}")  # of a name or a text
ENTRY_POINTS = Path("tests/architecture/test_manifests.py")  # compares them with the routes
KIT = Path("tests/kit/src/wsis_testkit/plugin.py")


def home_of(path: Path) -> str:
    """The package that a file is in: shared, gateway, or the name of a service."""
    return path.parts[1] if path.parts[0] == "services" else path.parts[0]


@cache
def words_of(path: Path) -> frozenset[str]:
    """All words of a test module."""
    return frozenset(WORD.findall(path.read_text("utf-8")))


@cache
def parts_of(path: Path) -> frozenset[str]:
    """The words that the names and texts of a module are made of, in lower case."""
    return frozenset(PART.findall(path.read_text("utf-8").lower()))


@cache
def test_modules(home: str) -> tuple[Path, ...]:
    """The test modules of a package."""
    folders = SUITES.get(home, (f"services/{home}/tests",))
    return tuple(sorted(p for folder in folders for p in Path(folder).rglob("test_*.py") if not LONG.search(p.name)))


def title_of(path: Path) -> str:
    """The name of a test module, with the folders of its subject."""
    return "/".join(path.with_suffix("").parts[path.parts.index("tests") + 1 :])


@cache
def _taken(path: Path) -> dict[str, frozenset[str]]:
    """What each fixture and each test of a module takes, by its name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.name: frozenset(arg.arg for arg in (*node.args.args, *node.args.kwonlyargs))
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS)
        and (node.name.startswith("test_") or any("fixture" in ast.unparse(each) for each in node.decorator_list))
    }


@cache
def needs_servers(path: Path) -> bool:
    """Does a test of the module take, by way of other fixtures, the servers?"""
    above = [folder / "conftest.py" for folder in path.parents if (folder / "conftest.py").exists()]
    known: dict[str, frozenset[str]] = {}
    for module in (KIT, *reversed(above), path):
        known.update(_taken(module))
    taken = set().union(*_taken(path).values())
    while more := set().union(*(known.get(name, ()) for name in taken)) - taken:
        taken |= more
    return "infrastructure" in taken


@cache
def _callers(source: Path) -> dict[str, frozenset[str]]:
    """By name: the functions and classes of a package that use it."""
    users = defaultdict(set)
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, FUNCTIONS):
                for part in ast.walk(node):
                    name = getattr(part, "id", None) or getattr(part, "attr", None)
                    if name and name != node.name:
                        users[name].add(node.name)
    return {name: frozenset(found) for name, found in users.items()}


@cache
def _imports(path: Path, source: Path) -> frozenset[Path]:
    """The modules of a package that a file imports, at its top or later."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            named = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.update(path.parent / f"{name}.py" for name in (node.module, *(alias.name for alias in node.names)))
            continue
        else:
            continue
        for name in named:
            parts = name.split(".")
            for end in range(1, len(parts) + 1):
                at = source.parent.joinpath(*parts[:end])
                found |= {at.with_suffix(".py"), at / "__init__.py"}
    return frozenset(module for module in found if module.exists())


@cache
def distances(test: Path, source: Path) -> dict[Path, int]:
    """How many imports lead from a test module, or from the makers beside it, to each module of a package."""
    found: dict[Path, int] = {}
    step, level = {test, *test.parent.glob("conftest.py")}, 0
    while step:
        found.update(dict.fromkeys(step, level))
        step, level = {other for path in step for other in _imports(path, source)} - found.keys(), level + 1
    return found


@cache
def weights_of(source: Path, names: tuple[str, ...]) -> dict[str, float]:
    """How near each name is to the change: 1 for the definition itself, which its callers share among them."""
    weights: Counter[str] = Counter()
    level = {name: 1.0 / (place + 1) for place, name in enumerate(names)}
    for _ in range(LEVELS):
        weights.update(level)
        above: Counter[str] = Counter()
        for name, weight in level.items():
            users = _callers(source).get(name, frozenset())
            above.update({user: weight / len(users) for user in users if user not in weights})
        level = dict(above)
    return dict(weights)


def chosen(change: Change, serving: int = SERVING) -> tuple[list[Path], list[Path]]:
    """The test modules without and with servers, the nearest first."""
    home = home_of(change.path)
    source = Path(*change.path.parts[: change.path.parts.index("src") + 2])
    modules = test_modules(home)
    spread = Counter(word for path in modules for word in words_of(path))
    rare = Counter(part for path in modules for part in parts_of(path))
    titles = Counter(part for path in modules for part in PART.findall(title_of(path)))
    subjects = set(PART.findall(str(change.path.relative_to(source))))
    weights = weights_of(source, change.names or (change.path.stem,))
    lines = change.path.read_text("utf-8").lower().splitlines()
    around = set(PART.findall("\n".join([str(change.path), *lines[max(0, change.line - 15) : change.line + 10]])))

    def score(path: Path) -> float:
        named = sum(weight / spread[name] for name, weight in weights.items() if name in words_of(path))
        about = sum(2 / titles[part] for part in subjects & set(PART.findall(title_of(path))))
        alike = sum(1 / rare[part] for part in around & parts_of(path)) / len(parts_of(path)) ** 0.5
        return named + about + 10 * alike + (distances(path, source).get(change.path) == 1)

    ranked = sorted((path for path in modules if score(path) > 0), key=lambda path: (-score(path), path))
    pure = [
        path
        for path in ranked
        if not needs_servers(path) and (change.path in distances(path, source) or change.path.stem in title_of(path))
    ]
    if {"use_cases", "use_cases.py"} & set(change.path.parts):
        pure.insert(0, ENTRY_POINTS)
    return pure[:PURE], [path for path in ranked if needs_servers(path)][:serving]
