"""Compiled templates, kept beside their sources as Python keeps its modules: a start compiles what has changed alone.

The files are as trusted as the code: they are in `__pycache__` of the packages (or below `sys.pycache_prefix`), and are
written as and where Python may write its own.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from functools import cached_property
from importlib.resources import files
from importlib.util import cache_from_source
from pathlib import Path
from tempfile import NamedTemporaryFile

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class PackageCache(BytecodeCache):
    """The compiled template "wsis_voting/ballots/pages/vote.html" is in `__pycache__` beside it. `made_by`: the source
    of what compiles it."""

    def __init__(self, made_by: str, own: str) -> None:
        self._made_by, self._own = made_by, own

    @cached_property
    def _maker(self) -> bytes:
        return f"{jinja2.__version__}\n{self._made_by}".encode()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The name of the template."""
        return name

    def get_source_checksum(self, source: str) -> str:
        """Of the template and of what compiles it."""
        return hashlib.sha256(source.encode() + self._maker).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, unless there is no file, or one of another source."""
        with suppress(OSError, EOFError, ValueError, TypeError), self._path(bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the file where there is none of this source."""
        if sys.dont_write_bytecode:
            return
        path = self._path(bucket.key)
        with suppress(OSError):  # a package that may not be written to
            path.parent.mkdir(parents=True, exist_ok=True)  # below a prefix no module may have made it
            with NamedTemporaryFile(dir=path.parent, prefix=path.name, suffix=".tmp", delete=False) as file:
                bucket.write_bytecode(file)
            os.replace(file.name, path)  # several processes may start at once

    def _path(self, name: str) -> Path:
        package, *inner = (name if "/" in name else f"{self._own}/{name}").split("/")
        return Path(cache_from_source(f"{files(package).joinpath(*inner)}.py"))
