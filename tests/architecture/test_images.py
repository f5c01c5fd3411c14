"""What loads where: an image has the manifests of all services, and of their libraries only its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

# What an image has, beside what is ours: the libraries of wsis-shared.
BLOCKED = """
import re
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires

def normalized(name):
    return re.sub("[-_.]+", "-", name).lower()

def closure(name, seen):
    seen.add(normalized(name))
    try:
        needed = [one for one in requires(name) or () if "extra ==" not in one]
    except PackageNotFoundError:  # for another Python or platform
        return seen
    for one in needed:
        other = re.match("[A-Za-z0-9._-]+", one)[0]
        if normalized(other) not in seen:
            closure(other, seen)
    return seen

ALLOWED, OWNERS = closure("wsis-shared", set()), packages_distributions()

class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.split(".")[0]
        owners = {normalized(owner) for owner in OWNERS.get(top, ())}
        if owners and not top.startswith("wsis_") and not owners & ALLOWED:
            raise ImportError(f"{name} is not in this image")

sys.meta_path.insert(0, Refuse())
import json
from wsis_shared.plugin import discover
found = discover()
titles = [len(plugin.error_titles) for plugin in found]
selected = [selection.events(found) for plugin in found for selection in plugin.selects]
print(json.dumps({"plugins": [plugin.name for plugin in found], "rejected": dict(found.rejected)}))
"""
# What a service does with the manifests of all when it starts.
STARTED = """
import json
import sys
from wsis_shared import roles, serve
from wsis_shared.amqp import subscribers
from wsis_shared.auth import grants
from wsis_shared.plugin import discover
name = sys.argv[1]
discover(only=(name,)).get(name).load("service")
found = discover(routes=False)
grants(each.grants for each in found)
roles.installed()
queues = [queue for each in found for queue in subscribers.queues_of(each, found, name)]
print(json.dumps([module for module in sys.modules if module.endswith((".routes", ".schemas"))]))
"""
PROCESSES = """
import json
import sys
from wsis_shared import serve_process
from wsis_shared.plugin import discover
loaded = {}
for plugin in discover(routes=False):
    for process in plugin.processes:
        process.load("run")
        loaded[process.full_name(plugin.name)] = [name for name in ("nameko", "eventlet") if name in sys.modules]
print(json.dumps(loaded))
"""


def test_manifests_load_in_every_image(project: Any) -> None:
    done = subprocess.run([sys.executable, "-c", BLOCKED], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert {name: why for name, why in seen["rejected"].items() if name in project.services} == {}
    assert set(project.services) <= set(seen["plugins"])


def test_a_service_loads_no_routes_of_others(project: Any) -> None:
    """With their schemas they are two thirds of all manifests, at each start of each service."""
    name = min(project.services)
    done = subprocess.run([sys.executable, "-c", STARTED, name], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert f"wsis_{name}.routes" in loaded
    assert [module for module in loaded if not module.startswith((f"wsis_{name}.", "wsis_shared."))] == []


def test_further_processes_run_without_nameko_and_eventlet(project: Any) -> None:
    done = subprocess.run([sys.executable, "-c", PROCESSES], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = json.loads(done.stdout.splitlines()[-1])
    ours = [process.full_name(plugin.name) for plugin in project.plugins for process in plugin.processes]
    assert {name: loaded[name] for name in ours} == dict.fromkeys(ours, []) != {}
