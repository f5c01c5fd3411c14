"""docs/security/cryptography.md is complete: each algorithm with the modules that use it, each derived key, and no
library but those that it names."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

PAGE = "docs/security/cryptography.md"
# What a module imports or calls -> the algorithm in the page. What is not here is found under its own name, and so
# is in no row.
ALGORITHMS = {
    "cryptography.AESGCM": "AES-256-GCM",
    "cryptography.AESSIV": "AES-128-SIV",  # with a key of 256 bits, two of 128
    "cryptography.HKDF": "HKDF-SHA-256",
    "cryptography.SHA256": "SHA-256",
    "cryptography.Ed25519PrivateKey": "Ed25519",
    "cryptography.Ed25519PublicKey": "Ed25519",
    "cryptography.padding.PKCS1v15": "RSA-PKCS1-v1_5",
    "joserfc.OKPKey": "Ed25519",
    "hmac.digest(sha256)": "HMAC-SHA-256",
    "hashlib.sha256": "SHA-256",
    "hashlib.blake2b": "BLAKE2b",
    "altcha.create_challenge": "PBKDF2-HMAC-SHA-256",
    "ssl.create_default_context": "TLS",
    "uuid.uuid5": "SHA-1",
}
LIBRARIES = {name.partition(".")[0] for name in ALGORITHMS}
# Libraries of cryptography that the suite does not use; `crypt` and `rsa` by their own names.
FOREIGN = {"Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "jwt", "jose", "authlib", "passlib", "bcrypt", "argon2",
           "M2Crypto", "OpenSSL", "pyaes", "itsdangerous", "dkim", "crypt", "jwcrypto", "oscrypto"}  # fmt: skip
# No algorithm: comparison in constant time, types, errors, and formats whose algorithm is that of their key.
NEUTRAL = {"cryptography.InvalidTag", "cryptography.InvalidSignature", "cryptography.load_pem_private_key",
           "cryptography.rsa.RSAPrivateKey", "hmac.compare_digest", "joserfc.jwt.encode", "joserfc.jwt.decode",
           "joserfc.JoseError", "joserfc.KeySet", "altcha.verify_solution", "altcha.Payload",
           "ssl.SSLWantReadError", "ssl.SSLWantWriteError",
           "uuid.uuid4", "uuid.UUID", "uuid.NAMESPACE_URL"}  # fmt: skip
_ROW = re.compile(r"^\| (.+?) \|(.*)\|$", re.MULTILINE)
_PATH = re.compile(r"`([\w/]+\.py)`")


class Source:
    """A file of production and what it takes from libraries of cryptography."""

    def __init__(self, name: str, nodes: Callable[..., list[Any]]) -> None:
        self.name, self.nodes = name, nodes
        (tree,) = nodes(ast.Module)
        self.constants = dict(_constants(tree))
        self.imported = {
            alias.name: node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }  # fmt: skip
        owner, _, below = name.removesuffix(".py").removesuffix("/__init__").partition("/")
        self.module = f"wsis_{owner}.{below.replace('/', '.')}"

    def used(self) -> set[str]:
        """`library.name` of each name that it takes, with the hash of an HMAC."""
        modules, found = {}, set()
        for node in self.nodes(ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        for node in self.nodes(ast.ImportFrom):
            if node.module and not node.level:
                library = node.module.partition(".")[0]
                for alias in node.names:
                    if alias.name.islower() and library in ("cryptography", "joserfc"):  # a module
                        modules[alias.asname or alias.name] = f"{library}.{alias.name}"
                    else:
                        found.add(f"{library}.{alias.name}")
        calls = {id(node.func): node for node in self.nodes(ast.Call)}
        for node in self.nodes(ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id in modules:
                name = f"{modules[node.value.id]}.{node.attr}"
                found.add(f"{name}({_hash(calls.get(id(node)))})" if name in ("hmac.digest", "hmac.new") else name)
        found |= {module for module in modules.values() if module.partition(".")[0] in FOREIGN}
        return {name for name in found if name.partition(".")[0] in LIBRARIES | FOREIGN} - NEUTRAL

    def purposes(self, others: dict[str, Source]) -> Iterator[str]:
        """The purposes of keys that it derives. Those of accounts have a short name there (store/keyed.py)."""
        for node in self.nodes(ast.Call):
            if not node.args:
                continue
            called = ast.unparse(node.func)
            of_accounts = re.fullmatch(r"keyed\.(key|digest)|hashed", called) or (
                self.name == "accounts/store/keyed.py" and called in ("key", "digest")
            )
            if re.fullmatch(r"keys\.(derive|digest|seal|unseal)", called) or of_accounts:
                purpose = self._text(node.args[0], others)
                if purpose is not None:
                    yield f"accounts {purpose}" if of_accounts else purpose
            elif called == "_hkdf" and (purpose := self._text(node.args[1], others)) is not None:
                yield purpose

    def _text(self, node: ast.expr, others: dict[str, Source]) -> str | None:
        """A literal, or a constant of this module or of the one that it comes from; None for a parameter."""
        if isinstance(node, ast.Name):
            origin = others.get(self.imported.get(node.id, ""), self)
            return origin.constants.get(node.id)
        return str(node.value) if isinstance(node, ast.Constant) else None


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names, values = (getattr(one, "elts", [one]) for one in (node.targets[0], node.value))
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield name.id, value.value


def _hash(call: ast.Call | None) -> str:
    return ast.unparse(call.args[2]).strip("'").removeprefix("hashlib.") if call and len(call.args) > 2 else "?"


@pytest.fixture(scope="module")
def sources(project: Any) -> list[Source]:
    found = [Source(f"{module.owner}/{'/'.join(module.parts)}", module.nodes) for module in project.modules
             if module.owner not in project.development]  # fmt: skip
    scripts = [path for folder in ("", "mongo", "rabbitmq") for path in (project.root / "deploy" / folder).glob("*.py")]
    return found + [Source(str(path.relative_to(project.root)), partial(project.nodes, path)) for path in scripts]


def _section(project: Any, heading: str) -> dict[str, str]:
    """First cell -> the rest of each row of a table of the page."""
    text = (project.root / PAGE).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert text, heading
    return {first.strip("`"): rest for first, rest in _ROW.findall(text)[2:]}


def test_each_algorithm_is_listed_with_the_modules_that_use_it(project: Any, sources: list[Source]) -> None:
    used: dict[str, set[str]] = {}
    for source in sources:
        for name in source.used():
            used.setdefault(ALGORITHMS.get(name, name), set()).add(source.name)
    listed = {name: set(_PATH.findall(rest)) for name, rest in _section(project, "Algorithms").items()}
    assert listed == used


def test_each_derived_key_is_listed(project: Any, sources: list[Source]) -> None:
    modules = {source.module: source for source in sources}
    made = {purpose for source in sources for purpose in source.purposes(modules)}
    assert set(_section(project, "Keys that follow from WSIS_SECRET")) == made
    assert len(made) > 15


def test_each_secret_setting_has_its_key_or_password(project: Any) -> None:
    kinds = project.settings()
    secret = {name for kind in kinds for name, default, _ in kind.described() if default == "(secret)"}
    named = set(re.findall(r"WSIS_\w+", " ".join(_section(project, "Keys and passwords"))))
    assert secret - named == set()
    assert "WSIS_SECRET" in secret
