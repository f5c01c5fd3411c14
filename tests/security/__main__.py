"""`python -m tests.security [PART ...]`: attacks on the suite, and what tools say of its code, history and licences.

Parts: attacks (the tests of each finding in findings.yaml), cost (processor time of the dearest requests to every
route, and how long votes take meanwhile), calls (made-up requests of every role to every route, `--calls`), code
(bandit), history (secrets in any commit), licences, sbom (the file of `make sbom`). What the tools may report is in
accepted.yaml.
Exit status: 0 when each part is as it should be, 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import yaml
from tests import findings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RESULTS = ROOT / ".run/security"
ACCEPTED: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "accepted.yaml").read_text("utf-8"))
SHOWN = 10  # routes whose dearest request is printed
P99_MS = 100
# The most telling ones: text of high entropy alone is found in every digest of a test.
SECRETS = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "CloudantDetector",
    "DiscordBotTokenDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "IbmCloudIamDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "MailchimpDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)


def attacks(_arguments: argparse.Namespace) -> bool:
    """The tests of each finding."""
    return findings.run("attacks", findings.findings_of(HERE / "findings.yaml"))


def cost(_arguments: argparse.Namespace) -> bool:
    """The dearest requests of each route, all of them, as visitor and member."""
    passed, cases = _measured("cost", ["tests/e2e/test_attacks_cost.py"])
    late = []
    for figures in cases:
        print(f"cost as {figures.pop('role', '?')}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))
        late += [float(value) for name, value in figures.items() if name.endswith("_p99_ms")]
    for table in sorted(RESULTS.glob("cost-*.txt")):
        rows = table.read_text("utf-8").splitlines()
        print(f"{table.relative_to(ROOT)}, the dearest request of each of {len(rows)} routes; the first are:")
        print("".join(f"  {row}\n" for row in rows[:SHOWN]), end="")
    slowest = max(late, default=0.0)
    print(f"cost: p99 of votes and /healthz meanwhile at most {slowest} ms (bar: {P99_MS})")
    return passed and slowest <= P99_MS


def calls(arguments: argparse.Namespace) -> bool:
    """Made-up requests, as anonymous, member and officer."""
    passed, cases = _measured("calls", ["tests/e2e/test_openapi_fuzz.py", f"--calls={arguments.calls}"])
    totals: dict[str, int] = defaultdict(int)
    for figures in cases:
        print(f"calls as {figures.pop('asker', '?')}: " + ", ".join(f"{name} {n}" for name, n in figures.items()))
        for name, value in figures.items():
            totals[name] += int(value)
    print("calls: " + ", ".join(f"{name} {value:,}" for name, value in totals.items()))
    return passed


def _measured(name: str, options: list[str]) -> tuple[bool, list[dict[str, str]]]:
    """Run tests in their nightly sizes: whether all passed, and the figures that each recorded."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = RESULTS / f"{name}.xml"
    pytest = [sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    passed = subprocess.run([*pytest, *options], cwd=ROOT, env={**os.environ, "WSIS_NIGHTLY": "1"}).returncode == 0
    cases = ElementTree.parse(report).iter("testcase")
    return passed, [{row.get("name", ""): row.get("value", "") for row in case.iter("property")} for case in cases]


def code(_arguments: argparse.Namespace) -> bool:
    """bandit over what ships, from its severity `medium` on."""
    sources = [str(path) for path in (*ROOT.glob("services/*/src"), ROOT / "shared/src", ROOT / "gateway/src")]
    command = [sys.executable, "-m", "bandit", "-q", "-ll", "-f", "json", "-r", *sources, str(ROOT / "deploy")]
    found = json.loads(subprocess.run([*command, "-x", "*/tests/*"], capture_output=True, text=True).stdout)

    def accepts(rule: Mapping[str, Any], place: tuple[str, str, str]) -> bool:
        return place[0] == rule["test"] and place[1] in rule["files"]

    places = [
        (row["test_id"], str(Path(row["filename"]).relative_to(ROOT)), f"{row['line_number']}: {row['issue_text']}")
        for row in found["results"]
    ]
    return _none_left("code", f"{found['metrics']['_totals']['loc']:,} lines", places, accepts)


def history(_arguments: argparse.Namespace) -> bool:
    """Every line that any commit added."""
    from detect_secrets.core.scan import scan_line
    from detect_secrets.settings import transient_settings

    lines = dict(_added_lines())
    with transient_settings({"plugins_used": [{"name": name} for name in SECRETS]}):
        found = [(secret.type, file, line) for line, file in lines.items() for secret in scan_line(line)]
    return _none_left(
        "history", f"{len(lines):,} different lines", found, lambda rule, place: bool(re.search(rule["line"], place[2]))
    )


def _added_lines() -> Iterator[tuple[str, str]]:
    log = ["git", "log", "-p", "-U0", "--no-color", "--format=", "--all"]
    file = ""
    with subprocess.Popen(log, cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace") as git:
        for line in git.stdout or ():
            if line.startswith("+++ "):
                file = line[6:].strip()
            elif line.startswith("+"):
                yield line[1:].strip(), file
    if git.returncode:
        raise SystemExit("history: this is no clone")


def licences(_arguments: argparse.Namespace) -> bool:
    """The licence of each distribution that is installed."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed"]
    rows = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    found = [(row["Name"], row["Version"], row["License"]) for row in rows if not row["Name"].startswith("wsis-")]

    def accepts(rule: Mapping[str, Any], place: tuple[str, str, str]) -> bool:
        return bool(re.search(rule["licence"], place[2])) and place[0] in rule.get("packages", [place[0]])

    for name, number, licence in sorted(found):
        print(f"  {name:<34}{number:<16}{licence}")
    return _none_left("licences", f"{len(found)} distributions", found, accepts)


def sbom(_arguments: argparse.Namespace) -> bool:
    """The tests of the SBOM."""
    pytest = [sys.executable, "-m", "pytest", "-q", str(HERE / "test_sbom.py")]
    return subprocess.run(pytest, cwd=ROOT).returncode == 0


def _none_left(
    part: str,
    looked_at: str,
    found: list[tuple[str, str, str]],
    accepts: Callable[[Mapping[str, Any], tuple[str, str, str]], bool],
) -> bool:
    left = [place for place in found if not any(accepts(rule, place) for rule in ACCEPTED[part])]
    for place in left:
        print(f"{part}: " + "  ".join(place)[:200])
    print(f"{part}: {looked_at}, {len(found)} reported, {len(found) - len(left)} accepted, {len(left)} left")
    return not left


PARTS = {part.__name__: part for part in (code, licences, sbom, history, attacks, cost, calls)}


def main(arguments: list[str]) -> int:
    """Run the parts in turn."""
    parser = argparse.ArgumentParser(prog="python -m tests.security")
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []], help=f"of {', '.join(PARTS)}")
    parser.add_argument("--calls", type=int, default=50_000, metavar="N", help="made-up requests [50,000]")
    chosen = parser.parse_args(arguments)
    try:
        version("bandit"), version("cyclonedx-bom"), version("detect-secrets"), version("pip-licenses")
    except PackageNotFoundError:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        held = ["-c", str(ROOT / "constraints.txt"), "-r", str(HERE / "requirements.txt")]
        subprocess.run([*pip, *held], check=True)
    failed = []
    for name in chosen.parts or PARTS:
        print(f"--- {name}", flush=True)
        if not PARTS[name](chosen):
            failed.append(name)
    print(f"security: {'as it should be' if not failed else 'FAILED: ' + ', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
