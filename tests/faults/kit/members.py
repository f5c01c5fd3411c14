"""The members of the store's replica set, and the network between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Self

import psutil
from wsis_local.mongod import Mongod, configuration
from wsis_local.stack import Stack
from wsis_testkit.proxy import Proxy


def primary_of(stack: Stack) -> int:
    """The number of the primary, once one says that it is."""
    found: list[int] = []

    def known() -> bool:
        number = stack.store.primary()
        found[:] = [] if number is None else [number]
        return bool(found)

    stack.wait_until(known, "a primary")
    return found[0]


def elect_after(stack: Stack, millis: int) -> None:
    """From now on the members elect another primary when they have had no word from it for so long."""
    assert isinstance(stack.store, Mongod)
    _configure(stack, stack.store.hosts, electionTimeoutMillis=millis)


def _configure(stack: Stack, hosts: Sequence[str], **settings: int) -> None:
    assert isinstance(store := stack.store, Mongod)
    with store.member(store.hosts[primary_of(stack)]) as client:
        found = client.admin.command("replSetGetConfig")["config"]
        wanted = configuration(hosts, found["version"] + 1)
        wanted["settings"] = {name: found["settings"][name] for name in wanted["settings"]} | settings
        client.admin.command("replSetReconfig", wanted, maxTimeMS=20_000)


class Cut:
    """A wire that can be cut before each member: members and clients then find each other through proxies.

    `off(1)` cuts member 1 off: nothing reaches it, and nothing that it sends arrives. `heal()` ends it.
    """

    def __init__(self, stack: Stack) -> None:
        assert isinstance(stack.store, Mongod)
        self._stack, self._store = stack, stack.store
        self._proxies = [Proxy(host, int(port)) for host, _, port in (at.partition(":") for at in self._store.hosts)]

    def __enter__(self) -> Self:
        self._move([f"127.0.0.1:{proxy.port}" for proxy in self._proxies])
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        try:
            self._move(self._store.hosts)
        finally:
            for proxy in self._proxies:
                proxy.close()

    def _move(self, hosts: Sequence[str]) -> None:
        """The members are at these addresses. A driver forgets a member that has not heard of its new one, until the
        primary tells again: so it tells twice."""
        for _ in range(2):
            _configure(self._stack, hosts)
            self._stack.wait_until(self._store.answers, "the members at their new addresses")

    def off(self, member: int) -> None:
        """Hold back what goes to the member, and what it sends to the others."""
        its_own = ports_of(self._stack.pids()[f"store-{member}"])
        for number, proxy in enumerate(self._proxies):
            if number == member:
                proxy.freeze()
            else:
                proxy.freeze(its_own)

    def heal(self) -> None:
        """All that was held back arrives, late."""
        for proxy in self._proxies:
            proxy.thaw()


def ports_of(pid: int) -> Callable[[int], bool]:
    """Is a port on this machine one from which the process, or a child of it, has connected?"""
    parent = psutil.Process(pid)
    family = [parent, *parent.children(recursive=True)]

    @cache
    def connected(port: int) -> bool:
        return any(each.laddr.port == port for process in family for each in process.net_connections("tcp4"))

    return connected
