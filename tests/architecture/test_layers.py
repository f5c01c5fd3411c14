"""Imports follow the layers of docs/architecture.md, and replaceable libraries are confined to a few modules."""

from __future__ import annotations

import ast
from collections import defaultdict
from graphlib import CycleError, TopologicalSorter
from typing import Any

NOTHING: frozenset[str] = frozenset()
# Modules of its own service that a module may use. Others may use all but those of LAST.
MAY_USE = {
    "__init__": NOTHING,
    "errors": NOTHING,
    "settings": NOTHING,
    "events": NOTHING,
    "schemas": frozenset({"rules"}),
    "rules": frozenset({"errors"}),
    "store": frozenset({"rules", "errors", "settings"}),
    "routes": frozenset({"schemas"}),
    "pages": frozenset({"schemas", "rules", "layouts"}),  # layouts: how documents say the same
    "plugin": frozenset({"routes", "pages", "events"}),
}
LAST = frozenset({"plugin", "routes", "pages"})
# Use cases may use the further modules of their service too, which are their collaborators, but no wire format.
USE_CASES_MAY_NOT_USE = LAST | {"schemas"}
FORK_SERVER = ("testkit", "fork_server.py")  # it imports before the fork what its children need
IN_PROCESS = ("testkit", "pages.py")  # the gateway's own handler, without a network
# Packages that only these modules may import: (owner, first part below the package).
CONFINED = {
    "nameko": {("shared", "bus"), ("shared", "serve.py")},
    "eventlet": {("shared", "bus"), ("shared", "serve.py"), FORK_SERVER},
}
STORES = {
    "backup",
    "blobs",
    "bus",
    "collection.py",
    "collection_specs.py",
    "doctor",
    "export_audit.py",
    "imports",
    "inbox.py",
    "jobs",
    "lease.py",
    "migrations.py",
    "mongo.py",
    "mongo_connection.py",
    "outbox",
    "process_registry.py",
    "store_spans.py",
}
# Rules use no clock, randomness, files or network.
IMPURE = {
    "asyncio",
    "eventlet",
    "gevent",
    "httpx",
    "io",
    "kombu",
    "logging",
    "nameko",
    "os",
    "pathlib",
    "pymongo",
    "secrets",
    "socket",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}
PURE_SHARED = {
    "atom",
    "errors",
    "mail_quotas",
    "mailboxes",
    "raw_mail",
    "reference",
    "resources",
    "translations",
    "roles",
    "schemas",
    "clock",
    "destinations",
    "document_versions",
    "facets",
    "finalists",
    "import_states",
    "json_types",
    "languages",
    "likeness",
    "mapping",
    "revisions",
    "shares",
    "tables",
}
CLOCKS = {"now", "today", "utcnow", "open", "print", "input"}


def test_service_uses_its_own_modules_one_way(project: Any) -> None:
    wrong = []
    for module in project.modules:
        if module.owner not in project.services:
            continue
        package = f"wsis_{module.owner}"
        for source, name, line in module.imports():
            if source != package and not source.startswith(package + "."):
                continue
            used = module.kind_of([*source.split("."), name][1:])
            allowed = MAY_USE.get(module.kind)
            last = LAST - {module.kind}
            last = USE_CASES_MAY_NOT_USE if module.kind == "use_cases" else last
            fine = used == module.kind or (used in allowed if allowed is not None else used not in last)
            if not fine:
                wrong.append(f"{module}:{line} {module.kind} may not use {used}")
    assert wrong == []


def test_subjects_of_a_service_use_one_another_one_way(project: Any) -> None:
    uses: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for module in project.modules:
        for source, name, _ in module.imports() if module.subject else ():
            package, *below = [*source.split("."), name]
            used = module.subject_of(below) if package == f"wsis_{module.owner}" else None
            if used not in (None, module.subject):
                uses[module.owner][module.subject].add(used)
    wrong = []
    for service in uses:
        try:
            TopologicalSorter(uses[service]).prepare()
        except CycleError as error:
            wrong.append(f"{service}: {' is used by '.join(error.args[1])}")
    assert wrong == []


def test_no_service_imports_another(project: Any) -> None:
    packages = {f"wsis_{name}" for name in [*project.services, "gateway"]}
    wrong = [
        f"{module}:{line} imports {source}"
        for module in project.modules
        for source, _, line in module.imports()
        if source.split(".")[0] in packages - {f"wsis_{module.owner}"} and (module.owner, *module.parts) != IN_PROCESS
    ]
    assert wrong == []


def test_confined_packages_stay_where_they_are(project: Any) -> None:
    wrong = []
    for module in project.modules:
        for source, _, line in module.imports():
            allowed = CONFINED.get(source.split(".")[0])
            if allowed is not None and (module.owner, module.parts[0]) not in allowed:
                wrong.append(f"{module}:{line} imports {source}")
            of_gateway = module.owner == "gateway" or (module.owner, module.parts[0]) in (FORK_SERVER, IN_PROCESS)
            if source.split(".")[0] in ("gevent", "falcon", "gunicorn") and not of_gateway:
                wrong.append(f"{module}:{line} imports {source}")
    assert wrong == []


def test_pymongo_stays_in_the_stores(project: Any) -> None:
    wrong = []
    for module in project.modules:
        if module.owner in project.development:
            continue
        at_home = module.parts[0] in STORES if module.owner == "shared" else module.kind in ("store", "seed")
        for source, _, line in module.imports():
            if source.split(".")[0] in ("pymongo", "bson", "gridfs") and not at_home:
                wrong.append(f"{module}:{line} imports {source}")
    assert wrong == []


def test_rules_are_pure(project: Any) -> None:
    wrong = []
    for module in project.modules:
        if module.kind != "rules":
            continue
        for source, name, line in module.imports():
            first, *rest = [*source.split("."), name]
            if first in IMPURE or (first == "wsis_shared" and rest[0] not in PURE_SHARED):
                wrong.append(f"{module}:{line} imports {source} {name}")
        for node in module.nodes(ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in CLOCKS:
                wrong.append(f"{module}:{node.lineno} calls {called}()")
    assert wrong == []
