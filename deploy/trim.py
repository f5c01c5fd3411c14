"""Delete what no part reads of the libraries beside this interpreter: a third of an image. The Dockerfile runs it."""

from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from babel import Locale
from babel.core import get_global
from wsis_shared.reference.texts import languages
from wsis_shared.tables import plausibility

LIBRARIES = Path(sysconfig.get_path("purelib"))
# Globs: an editor beside the viewer, tests, a module of lxml that nothing imports, and nameko's commands with what they
# alone read.
UNUSED = (
    *("swagger_ui/static/swagger-editor*", "swagger_ui/static/*.map"),
    *("*/tests", "zope/*/tests", "lxml/objectify.*"),
    *("nameko/cli", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence.pth"),
)
SOURCES = {".c", ".cpp", ".h", ".pxd", ".pxi", ".pyi", ".pyx"}  # of what is compiled, and types for checkers


def main() -> None:
    """Delete them, and load each language that stays."""
    for path in {*_unused(), *_locales(), *_catalogues()}:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)  # gone with its folder
    for language in _read():
        if not Locale.parse(language).territories:
            raise SystemExit(f"trim: nothing is left of {language}")


def _unused() -> Iterator[Path]:
    for glob in UNUSED:
        yield from LIBRARIES.glob(glob)
    yield from (path for path in LIBRARIES.rglob("*") if path.suffix in SOURCES)


def _read() -> set[str]:
    """Languages that people read here, and those by whose letters an encoding is guessed."""
    return {
        *(item.code for item in languages()),
        *(item.country_locale.partition("_")[0] for item in languages() if item.country_locale),
        *(language for some in plausibility.LANGUAGES.values() for language in some),
    }


def _locales() -> Iterator[Path]:
    """CLDR of other languages. Some inherit from a language of another name."""
    parents = get_global("parent_exceptions")
    kept = {"root", *_read(), *(parents[language] for language in _read() if language in parents)}
    for path in (LIBRARIES / "babel/locale-data").glob("*.dat"):
        if path.stem.partition("_")[0] not in kept:
            yield path


def _catalogues() -> Iterator[Path]:
    """What is no country, and names of countries in other languages."""
    if not find_spec("pycountry"):
        return
    read = {item.country_locale for item in languages() if item.country_locale}
    read |= {locale.partition("_")[0] for locale in read}  # where pt_BR has no name, gettext reads pt
    folder = LIBRARIES / "pycountry"
    yield from (path for path in (folder / "locales").glob("*") if path.name not in read)
    for kind in ("locales/*/*/*.mo", "databases/*.json"):
        yield from (path for path in folder.glob(kind) if path.stem != "iso3166-1")


if __name__ == "__main__":
    main()
