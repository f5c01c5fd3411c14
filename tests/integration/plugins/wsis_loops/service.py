import os
import time

from wsis_shared.bus import Dependency, Service, inbound_mail, rpc, worker
from wsis_shared.mongo import Repository


class Store(Repository):
    def note(self, what, **more):
        self.db["notes"].insert_one({"what": what, "by": os.getpid(), "at": time.time(), **more})


class Loops(Service):
    name = "loops"
    store = Dependency(Store)

    @worker()
    def steady(self, loop):
        self.store.note("steady started")
        while loop.running:
            loop.wait(60)
            self.store.note("steady woke")
        time.sleep(0.5)  # what it has begun
        self.store.note("steady stopped")

    @worker()
    def failing(self, loop):
        self.store.note("failing")
        raise RuntimeError("mongodb://user:hunter2@host/")

    @worker(singleton=True)
    def only_one(self, loop):
        while loop.running:
            self.store.note("only one")
            loop.wait(0.1)

    @worker(stop_seconds=1.0)
    def stubborn(self, loop):
        while "LOOPS_STUBBORN" in os.environ or loop.running:
            time.sleep(0.05)

    @rpc
    def poke(self):
        self.bus.wakeup("steady")

    @inbound_mail
    def receive(self, mail):
        self.store.collection("mails").insert_one({"_id": mail.id, "sender": mail.sender, "size": mail.size})
        if mail.sender == "poison":
            self.store.note("poison mail")
            raise RuntimeError("poison")
