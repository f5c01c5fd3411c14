"""The laws of the cache, whatever the order in which requests come, events come and fills end."""

import threading
import time
from dataclasses import dataclass, field

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from wsis_testkit import wait_for

from wsis_gateway.cache import Cache, Entry

CONCERNED = {"a": {"x"}, "b": {"x", "y"}, "c": set()}  # name of a key -> events that invalidate it
RECONNECT = "reconnect"  # any event may have been missed


class ServiceFailed(Exception):
    """A service answers with an error; `state` is what it had read."""

    def __init__(self, state):
        self.state = state


@dataclass(eq=False)
class Fill:
    name: str
    state: dict
    overtaken: bool = False
    refuses: bool = False
    ended: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class Asker:
    """A request: the state that events had told when it came, and the one in its answer. `too_late`: the fill that it
    waits for was overtaken before."""

    name: str
    known: dict
    too_late: bool
    fill: Fill | None = None
    answer: dict | None = None
    thread: threading.Thread | None = None


class Laws(RuleBasedStateMachine):
    """`state` counts the changes of which each event tells. A fill reads it at its begin, and ends when a rule says."""

    def __init__(self):
        super().__init__()
        self.cache = Cache(max_entries=10, max_bytes=1000)
        self.state = dict.fromkeys(["x", "y", "z", RECONNECT], 0)
        self.askers, self.fills = [], {}

    def unanswered(self, name):
        return [asker for asker in self.askers if asker.name == name and asker.answer is None]

    def settled(self):
        """All have an answer, but one that fills and those that wait for it."""
        for name in CONCERNED:
            unanswered, pending = self.unanswered(name), self.cache._fills.get((name, "", ""))
            if unanswered and (
                pending is None
                or not any(asker.fill for asker in unanswered)
                or len(pending.done._cond._waiters) < len(unanswered) - 1
            ):
                return False
        return True

    def ask_cache(self, asker):
        def fill():
            assert asker.name not in self.fills, "one fill at a time"
            own = self.fills[asker.name] = Fill(asker.name, dict(self.state))
            asker.fill = own  # the last, since `settled` looks at it
            own.ended.wait()
            asker.fill = None
            if own.refuses:
                raise ServiceFailed(own.state)
            now = time.monotonic()
            return Entry(b"x", "", "", "", now, now + 3600, own.state)

        key, concerned = (asker.name, "", ""), CONCERNED[asker.name]
        try:
            asker.answer = self.cache.get_or_fill(key, fill, timeout=60, invalidated_by=concerned).headers
        except ServiceFailed as error:
            asker.answer = error.state

    @rule(name=st.sampled_from(sorted(CONCERNED)), times=st.integers(1, 3))
    def ask(self, name, times):
        for _ in range(times):
            fill = self.fills.get(name)
            asker = Asker(name, dict(self.state), too_late=fill is not None and fill.overtaken)
            self.askers.append(asker)
            asker.thread = threading.Thread(target=self.ask_cache, args=(asker,), daemon=True)
            asker.thread.start()
            wait_for(self.settled)

    @rule(event=st.sampled_from(["x", "y", "z", RECONNECT]))
    def change(self, event):
        self.state[event] += 1
        self.cache.invalidate(None if event == RECONNECT else event)
        for fill in self.fills.values():
            fill.overtaken |= event in CONCERNED[fill.name] | {RECONNECT}

    @precondition(lambda self: self.fills)
    @rule(data=st.data(), refuses=st.booleans())
    def end_a_fill(self, data, refuses):
        fill = self.fills.pop(data.draw(st.sampled_from(sorted(self.fills))))
        served = [asker for asker in self.unanswered(fill.name) if not asker.too_late]
        fill.refuses = refuses
        fill.ended.set()
        for asker in served:
            asker.thread.join(30)
            assert asker.answer is fill.state, "served together, with its filler, by the first fill that may"
        stored = self.cache.get((fill.name, "", ""))
        assert (stored is not None) == (not refuses and not fill.overtaken), "stored unless an event concerns it"
        wait_for(self.settled)
        for asker in self.unanswered(fill.name):
            asker.too_late = False  # the next fill has begun since

    @invariant()
    def no_answer_is_older_than_an_event_before_its_request(self):
        for asker in self.askers:
            for event in CONCERNED[asker.name] | {RECONNECT}:
                assert asker.answer is None or asker.answer[event] >= asker.known[event]

    def teardown(self):
        def all_have_ended():
            while self.fills:
                self.fills.popitem()[1].ended.set()
            return not any(asker.thread.is_alive() for asker in self.askers)

        wait_for(all_have_ended)


TestLaws = Laws.TestCase
# An example that fails may wait long for what does not come: it is shown as it is, not made smaller.
TestLaws.settings = settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
