"""Templates are compiled once, and kept as Python keeps its modules."""

import os
import subprocess
import sys
from importlib.util import cache_from_source

import pytest
from wsis_shared.plugin import discover

from wsis_gateway.web import rendering


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a template, of which nothing is known yet; `shown` says what a new process shows."""
    (tmp_path / "wsis_made").mkdir()
    (tmp_path / "wsis_made" / "page.html").write_text("<p>{{ text }}</p>")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield tmp_path / "wsis_made"
    rendering._environment.cache_clear()
    sys.modules.pop("wsis_made", None)


def shown(text):
    rendering._environment.cache_clear()
    rendering.check("wsis_made", "page.html")
    return rendering.template("wsis_made", "page.html").render(text=text)


def compiled(package):
    with open(cache_from_source(f"{package / 'page.html'}.py"), "rb") as file:
        return file.read()


def test_a_template_is_compiled_once(package, monkeypatch):
    assert shown("<b>") == "<p>&lt;b&gt;</p>"
    assert compiled(package)
    monkeypatch.setattr(rendering._Environment, "compile", None)
    assert shown(None) == "<p></p>", "by what is kept"


def test_a_template_that_has_changed_is_compiled_again(package):
    assert shown("a") == "<p>a</p>"
    before = compiled(package)
    (package / "page.html").write_text("<h1>{{ text }}</h1>")
    assert shown("a") == "<h1>a</h1>"
    assert compiled(package) != before


@pytest.mark.parametrize("content", [b"", b"garbage", b"j2" + bytes(60)])
def test_a_file_that_is_broken_counts_for_nothing(package, content):
    shown("a")
    with open(cache_from_source(f"{package / 'page.html'}.py"), "wb") as file:
        file.write(content)
    assert shown("b") == "<p>b</p>"


def test_nothing_is_written_where_python_writes_nothing(package, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert shown("a") == "<p>a</p>"
    assert [each.name for each in package.iterdir()] == ["page.html"]


def test_an_image_has_all_pages_compiled(tmp_path, monkeypatch):
    """Its build runs this command, and a start there compiles none."""
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    subprocess.run([sys.executable, "-m", "wsis_gateway.web"], env=environ, check=True)
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(rendering._Environment, "compile", None)
    rendering._environment.cache_clear()
    for name in ("layout.html", "frame.html", "ui.html"):
        assert rendering._environment().get_template(name)
    for plugin in discover():
        for part in (*plugin.pages, *plugin.panels):
            assert rendering.template(plugin.locale_package, part.template)
