"""Cryptography: keys and passwords, keys that follow from WSIS_SECRET, and which module uses which algorithm."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from wsis_shared.security import SHARED, Installed, Part
from wsis_shared.security.source import Source
from wsis_shared.security.tables import codes, section, table

# What a module imports or calls -> the algorithm. What is not here is found under its own name, which nobody allows.
ALGORITHMS = {
    "cryptography.AESGCM": "AES-256-GCM",
    "cryptography.AESSIV": "AES-128-SIV",  # with a key of 256 bits, two of 128
    "cryptography.HKDF": "HKDF-SHA-256",
    "cryptography.SHA256": "SHA-256",
    "cryptography.Ed25519PrivateKey": "Ed25519",
    "cryptography.Ed25519PublicKey": "Ed25519",
    "cryptography.padding.PKCS1v15": "RSA-PKCS1-v1_5",
    "joserfc.OKPKey": "Ed25519",
    "joserfc.JWKRegistry": "RSA, ECDSA, EdDSA of others",
    "hmac.digest(sha256)": "HMAC-SHA-256",
    "hashlib.sha256": "SHA-256",
    "hashlib.blake2b": "BLAKE2b",
    "altcha.create_challenge": "PBKDF2-HMAC-SHA-256",
    "ssl.create_default_context": "TLS",
    "uuid.uuid5": "SHA-1",
}
LIBRARIES = {name.partition(".")[0] for name in ALGORITHMS}
# Libraries of cryptography that the suite does not use; `crypt` and `rsa` by their own names.
FOREIGN = {
    "Crypto",
    "Cryptodome",
    "nacl",
    "rsa",
    "ecdsa",
    "jwt",
    "jose",
    "authlib",
    "passlib",
    "bcrypt",
    "argon2",
    "M2Crypto",
    "OpenSSL",
    "pyaes",
    "itsdangerous",
    "dkim",
    "crypt",
    "jwcrypto",
    "oscrypto",
}
# No algorithm: comparison in constant time, types, errors, and formats whose algorithm is that of their key.
NEUTRAL = {
    "cryptography.InvalidTag",
    "cryptography.InvalidSignature",
    "cryptography.load_pem_private_key",
    "cryptography.rsa.RSAPrivateKey",
    "hmac.compare_digest",
    "joserfc.GuestProtocol",
    "joserfc.KeySetSerialization",
    "joserfc.jwt.encode",
    "joserfc.jwt.decode",
    "joserfc.JoseError",
    "joserfc.Key",
    "joserfc.KeySet",
    "joserfc.jws.extract_compact",
    "altcha.verify_solution",
    "altcha.Payload",
    "ssl.SSLContext",  # a type: whoever makes one names its protocol
    "ssl.SSLSocket",
    "ssl.SSLWantReadError",
    "ssl.SSLWantWriteError",
    "uuid.uuid4",
    "uuid.UUID",
    "uuid.NAMESPACE_URL",
}
_IMPORTED = re.compile(rf"\b(import|from) ({'|'.join(LIBRARIES | FOREIGN)})\b")
_DERIVING = re.compile(r"\b(derive|keys\.(digest|seal|unseal))\(")
_COLUMNS = ("key", "algorithm", "kept", "has", "for", "life")
_HEAD = ("key", "algorithm, length", "made by, kept in", "who has it", "for, and for nothing else", "life")


def write(part: Part, suite: Installed) -> str:
    """Two sections: keys, and algorithms with what they are for, which is said once for the suite."""
    purposes = [(f"`{purpose}`", part.of("purposes").get(purpose, "")) for purpose in sorted(purposes_of(part))]
    allowed = part.of("algorithms").items()
    used = algorithms_of(part)
    return section(
        "Keys",
        table(_HEAD, ([row.get(column, "") for column in _COLUMNS] for row in part.of("keys") or ())),
        table(("purpose of a key that follows from `WSIS_SECRET`", "protects"), purposes),
    ) + section(
        "Algorithms",
        table(("algorithm of the suite", "for"), allowed),
        table(("algorithm", "modules"), ((name, codes(sorted(used[name]))) for name in sorted(used))),
    )


def problems(part: Part, suite: Installed) -> Iterator[str]:
    """Secrets and derived keys of which nothing is said, and algorithms that the suite does not allow."""
    made, said = purposes_of(part), part.of("purposes")
    yield from (f"purposes: {purpose}: what does this key protect?" for purpose in sorted(made - said.keys()))
    yield from (f"purposes: {purpose}: no key has this purpose" for purpose in said.keys() - made)
    for row in part.of("keys") or ():
        if missing := [column for column in _COLUMNS if not row.get(column)]:
            yield f"keys: {row.get('key')}: {', '.join(missing)}: nothing is said"
    named = {name for row in part.of("keys") or () for name in re.findall(r"`(\w+)`", str(row.get("key")))}
    for variable, default in part.settings.items():
        if default == "(secret)" and variable not in named:
            yield f"keys: {variable}: which key or password is it, who has it, and how does it end?"
    allowed, used = suite.part(SHARED).of("algorithms"), algorithms_of(part)
    for name in used.keys() - allowed.keys():
        yield f"algorithms: {name}: {SHARED} allows no such algorithm, which {', '.join(sorted(used[name]))} uses"
    if part.name == SHARED:
        everywhere = {name for one in suite.parts for name in algorithms_of(one)}
        yield from (f"algorithms: {name}: nothing uses it" for name in allowed.keys() - everywhere)


def algorithms_of(part: Part) -> dict[str, set[str]]:
    """Algorithm -> the modules that use it."""
    found: dict[str, set[str]] = {}
    for source in part.code:
        for name in _used(source) if _IMPORTED.search(source.text) else ():
            found.setdefault(ALGORITHMS.get(name, name), set()).add(source.name)
    return found


def _used(source: Source) -> set[str]:
    """`library.name` of each name that it takes, with the hash of an HMAC."""
    modules: dict[str, str] = {}
    found: set[str] = set()
    for node in source.nodes(ast.Import):
        modules |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in source.nodes(ast.ImportFrom):
        if node.module and not node.level:
            library = node.module.partition(".")[0]
            for alias in node.names:
                if alias.name.islower() and library in ("cryptography", "joserfc"):  # a module
                    modules[alias.asname or alias.name] = f"{library}.{alias.name}"
                else:
                    found.add(f"{library}.{alias.name}")
    calls = {id(node.func): node for node in source.nodes(ast.Call)}
    for node in source.nodes(ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id in modules:
            name = f"{modules[node.value.id]}.{node.attr}"
            found.add(f"{name}({_hash(calls.get(id(node)))})" if name in ("hmac.digest", "hmac.new") else name)
    found |= {module for module in modules.values() if module.partition(".")[0] in FOREIGN}
    return {name for name in found if name.partition(".")[0] in LIBRARIES | FOREIGN} - NEUTRAL


def _hash(call: ast.Call | None) -> str:
    return ast.unparse(call.args[2]).strip("'").removeprefix("hashlib.") if call and len(call.args) > 2 else "?"


# -- derived keys -----------------------------------------------------------------------------------------------------


def purposes_of(part: Part) -> set[str]:
    """The purposes of the keys that a part derives."""
    modules = {source.module: source for source in part.code}
    wrappers = dict(wrapper for source in part.code if _DERIVING.search(source.text) for wrapper in _wrappers(source))
    asks = re.compile("|".join([_DERIVING.pattern, *(rf"\b{name}\(" for name in wrappers)]))
    return {
        purpose for source in part.code if asks.search(source.text) for purpose in _purposes(source, wrappers, modules)
    }


def _purposes(source: Source, wrappers: dict[str, str], modules: dict[str, Source]) -> Iterator[str]:
    imported = {alias.name: node.module or "" for node in source.nodes(ast.ImportFrom) for alias in node.names}
    for node in source.nodes(ast.Call):
        called = ast.unparse(node.func)
        name = called.rpartition(".")[2]
        if not node.args:
            continue
        if re.fullmatch(r"(keys\.)?derive|keys\.(digest|seal|unseal)", called):
            argument, prefix = node.args[0], ""
        elif name in wrappers and not called.startswith(("hmac.", "keys.")):
            argument, prefix = node.args[0], wrappers[name]
        else:
            continue
        text: object = None
        if isinstance(argument, ast.Name):
            text = dict(_constants(modules.get(imported.get(argument.id, ""), source))).get(argument.id)
        elif isinstance(argument, ast.Constant):
            text = argument.value
        if isinstance(text, str):
            yield prefix + text


def _wrappers(source: Source) -> Iterator[tuple[str, str]]:
    """Functions that put a name before a purpose: (function, prefix)."""
    for function in source.nodes(ast.FunctionDef):
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.JoinedStr):
                before, *rest = call.args[0].values
                named = rest and isinstance(rest[0], ast.FormattedValue) and ast.unparse(rest[0].value) == "purpose"
                if named and isinstance(before, ast.Constant):
                    yield function.name, str(before.value)


def _constants(source: Source) -> Iterator[tuple[str, str]]:
    """Names of texts at the top of a module."""
    (tree,) = source.nodes(ast.Module)
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names, values = (getattr(one, "elts", [one]) for one in (node.targets[0], node.value))
            for name, value in zip(names, values, strict=False):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield name.id, value.value
