"""What production does without: settings of development, and ways of JavaScript to change the prototype of objects."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

# Settings that loosen a limit or show mails, and what they are unless set (SECURITY.md).
LOOSE = {"WSIS_LIMIT_FACTOR": 1, "WSIS_WEBHOOKS_LOOPBACK": False, "WSIS_WEBHOOKS_SPEEDUP": 1, "WSIS_MAIL_WEB_URI": ""}
# Debug modes of what runs beside our code: gunicorn, eventlet, nginx, RabbitMQ, Prometheus, Grafana, Python.
DEBUG = re.compile(
    r"reload\s*=\s*True|spew\s*=|\bdebug\s*[=:]\s*(true|1|on)\b|error_log\s[^;]*\bdebug\b|level\s*[=:]\s*debug"
    r"|PYTHON(DEVMODE|ASYNCIODEBUG)|autoindex|stub_status|--web\.enable-admin-api|GF_AUTH_ANONYMOUS",
    re.IGNORECASE,
)
# A write to a member whose name is computed, a merge, or a loop over names that are inherited too.
POLLUTION = re.compile(
    r"(\w+)\[[^\]]*\]\s*[-+*/|&?]*=(?![=>])|Object\.assign\(|__proto__\s*[\]=]|\bfor\s*\(\w+ \w+ in\b"
)


def _configuration(project: Any) -> list[Path]:
    """What images, Compose and the chart are made of, and the settings of their servers."""
    deploy = [path for path in project.files() if path.is_relative_to(project.root / "deploy")]
    development = {project.root / "deploy" / name for name in ("local", "scaffold")}
    found = [path for path in deploy if not development & set(path.parents) and path.suffix != ".md"]
    found += [path for service in project.services.values() for path in (service / "deploy").iterdir()]
    return [*found, project.root / "gateway/src/wsis_gateway/gunicorn.conf.py"]


def test_nothing_deployed_sets_a_setting_of_development(project: Any) -> None:
    development = {one.variable for kind in project.settings() for one in kind.described() if one.development}
    local = "".join(module.text for module in project.of("local"))
    policy = (project.root / "SECURITY.md").read_text("utf-8")
    assert {name for name in LOOSE if name not in development or name not in local or name not in policy} == set()
    wrong = []
    for path in _configuration(project):
        text = path.read_text("utf-8")
        wrong += [f"{path}: {name}" for name in development if name in text]
        wrong += [f"{path}: {match[0]}" for match in DEBUG.finditer(text)]
        wrong += [f"{path}: {match[0]}" for match in re.finditer(r"WSIS_LOG_LEVEL\W+DEBUG", text)]
    assert wrong == []


def test_settings_of_development_are_off_unless_set(project: Any) -> None:
    defaults = {f"WSIS_{one.name.upper()}": one.default for kind in project.settings() for one in fields(kind)}
    assert {name: defaults[name] for name in LOOSE} == LOOSE


def test_no_script_writes_to_a_prototype(project: Any) -> None:
    """Names from outside are kept in Map, Set or an object without a prototype."""
    scripts = [path for path in project.files(".js") if "tests" not in path.relative_to(project.root).parts]
    assert len(scripts) >= 5
    wrong = []
    for path in scripts:
        code = re.sub(r"//.*", "", path.read_text("utf-8"))
        for match in POLLUTION.finditer(code):
            if not match[1] or f"{match[1]} = Object.create(null)" not in code:
                wrong.append(f"{path.relative_to(project.root)}: {match[0]}")
    assert wrong == []


def test_compose_and_chart_are_read(project: Any) -> None:
    """The rules above look at something."""
    names = {path.name for path in _configuration(project)}
    assert {"Dockerfile", "compose.yaml", "values.yaml", "nginx.conf", "rabbitmq.conf", "parts.yaml"} <= names
    assert yaml.safe_load((project.root / "deploy/compose.yaml").read_text("utf-8"))["services"]
