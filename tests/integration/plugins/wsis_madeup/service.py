import json
import os
import time
from datetime import timedelta

import eventlet
from bson import ObjectId
from pymongo.errors import AutoReconnect
from wsis_shared import context
from wsis_shared.bus import (
    Dependency,
    Service,
    ServiceClient,
    command,
    every,
    job,
    rpc,
    subscribe,
    subscribe_batches,
    subscriptions,
)
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.errors import Conflict, Invalid, Unavailable
from wsis_shared.events import envelope, new_event
from wsis_shared.json_text import JsonText
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox import EventfulRepository

from wsis_madeup.plugin import THING_MADE, told_in_turn, told_much

if "MADEUP_STORE_RETRY_SECONDS" in os.environ:
    subscriptions.STORE_RETRY_SECONDS = float(os.environ["MADEUP_STORE_RETRY_SECONDS"])

COLLECTIONS = (
    CollectionSpec("rows"),
    CollectionSpec("things"),
    CollectionSpec("votes"),
    CollectionSpec("seen"),
    CollectionSpec("told"),
    CollectionSpec("said"),
)


class Store(EventfulRepository):
    source = "madeup"

    def note(self, what, **more):
        """Count outside any transaction, as a mail or a call to another system would be."""
        self.db["notes"].insert_one({"what": what, **more})

    def wait_at(self, gate, who):
        """As if the store were away, until there is a note `gate`."""
        if not self.db["notes"].find_one({"what": gate}):
            self.note("waits", gate=gate, who=who)
            raise Unavailable("suite.store_away", "The store is unavailable.")

    def hold(self, note, until):
        self.note(note)
        while not self.db["notes"].find_one({"what": until}):
            time.sleep(0.05)


class MadeUp(Service):
    name = "madeup"
    max_jobs_in_flight = int(os.environ.get("MADEUP_MAX_JOBS_IN_FLIGHT", "1"))
    max_in_flight = int(os.environ.get("MADEUP_MAX_IN_FLIGHT", "0")) or None
    store = Dependency(Store)
    itself = ServiceClient("madeup", "whoami", "slow", timeout=1.0)
    absent = ServiceClient("madeup-absent", "anything", timeout=1.0)

    @rpc
    def echo(self, value):
        return {"value": value}

    @rpc
    def add(self, one, two=2):
        return {"sum": one + two}

    @rpc
    def filters(self, **filters):
        return filters

    @rpc
    def whoami(self):
        ctx = context.current()
        return {"actor": ctx.actor.id, "locale": ctx.locale, "trace": ctx.traceparent, "request": ctx.request_id}

    @rpc
    def refuse(self):
        raise Invalid("madeup.bad", "It is bad.", fields={"name": ["Too bad."]}, limit=3)

    @rpc(writes=True, at_least=timedelta(seconds=0.5))
    def answer_evenly(self, well):
        if not well:
            raise Invalid("madeup.bad")

    @rpc
    def break_(self):
        raise RuntimeError("mongodb://user:hunter2@host/ and someone@example.org")

    @rpc
    def unserializable(self):
        return {"value": object()}

    @rpc
    def large(self, letters, written=False):
        value = {"text": "я" * letters}
        return JsonText(json.dumps(value, ensure_ascii=False).encode()) if written else value

    @rpc
    def written(self):
        return JsonText('{"written": "вот",  "by": [1]}'.encode())

    @rpc(writes=True, turn="count")
    def count(self):
        """All add to one document, and none at the same moment."""
        self.store.note("counting")
        row = self.store.collection("rows").find_one_and_update(
            {"_id": "count"}, {"$inc": {"count": 1}}, upsert=True, after=True
        )
        time.sleep(0.02)
        return {"count": row["count"]}

    @rpc
    def slow(self, seconds, note=""):
        if note:
            self.store.note(note)
        time.sleep(seconds)
        return {"slept": seconds}

    @rpc
    def hold(self, note, until):
        """Until there is another note."""
        self.store.hold(note, until)

    @rpc
    def time_out(self):
        with eventlet.Timeout(0.05):
            eventlet.sleep(5)

    @rpc
    def relay(self, call, arguments):
        return getattr(self.itself, call)(**arguments)

    @rpc
    def call_absent(self):
        return self.absent.anything()

    @rpc
    def die(self, note):
        self.store.note(note)
        os._exit(9)

    @rpc(writes=True)
    def make(self, n):
        thing = {"_id": context.current().new_id(), "n": n}
        self.store.save("things", thing, new_event(THING_MADE, subject=thing["_id"], n=n))
        return {"id": thing["_id"]}

    @rpc(writes=True, store_response=False)
    def make_secret(self, n):
        in_transaction(lambda: self.store.save("things", {"_id": context.current().new_id(), "n": n}))
        return {"secret": "hunter2"}

    @rpc(writes=True)
    def make_large(self, sizes):
        """A thing for each size, with two events: the second with a text of that size."""
        for size in sizes:
            thing = {"_id": context.current().new_id(), "size": size}
            events = [new_event(THING_MADE, subject=thing["_id"], n=size, text="x" * letters) for letters in (0, size)]
            self.store.save("things", thing, *events)

    @rpc(writes=True)
    def make_poison(self, subject):
        """An event that no JSON expresses, and two of the same subject behind it."""
        poison, *others = [envelope("madeup", new_event(THING_MADE, subject=subject, n=n), n) for n in (201, 202, 203)]
        self.store.store_envelopes([poison | {"data": ObjectId()}, *others])

    @rpc(writes=True)
    def make_named(self, name):
        things = self.store.collection("votes")
        if things.find_one({"_id": name}):
            raise Conflict("madeup.name_taken", "The name is taken.")
        things.insert_one({"_id": name})
        return {"name": name}

    @subscribe("madeup", "thing_made")
    def on_thing_made(self, event):
        self.store.collection("seen").insert_one({"_id": event["id"], "n": event["data"]["n"]})

    @subscribe("outside", "told")
    def on_told(self, event):
        kind = event["data"].get("kind")
        if kind == "slow":
            self.store.note("told started")
            time.sleep(event["data"]["seconds"])
        if kind == "holds":
            self.store.hold("told holds", event["data"]["gate"])
        if kind == "away" and not self.store.db["notes"].find_one({"what": "the store is back"}):
            self.store.note("told away", event=event["id"])
            raise AutoReconnect("as where the store is away")
        if kind == "poison":
            self.store.note("told poison")
            raise RuntimeError("poison")
        if kind == "waits":
            self.store.wait_at(event["data"]["gate"], "told")
        if kind == "deadly":
            self.store.note("told deadly")
            os._exit(9)
        self.store.collection("told").insert_one({"_id": event["id"], "data": event["data"]})

    @subscribe("outside", "said")
    def on_said(self, event):
        self.store.collection("said").insert_one({"by": "on_said", "event": event["id"]})

    @subscribe("outside", "said")
    def on_said_too(self, event):
        self.store.collection("said").insert_one({"by": "on_said_too", "event": event["id"]})

    @subscribe("outside", "said", version=2)
    def on_said_v2(self, event):
        self.store.collection("said").insert_one({"by": "on_said_v2", "event": event["id"]})

    @subscribe("outside", "power_changed")
    def on_power_changed(self, event):
        self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])

    @subscribe("outside", "paced", prefetch=1)
    def on_paced(self, event):
        self.store.note("paced", step="started")
        time.sleep(0.1)
        self.store.note("paced", step="ended")

    @subscribe_batches(told_much, batch=20, min_interval=0.2, prefetch=10)
    def on_told_much(self, events):
        kinds = {event["data"]["kind"] for event in events}
        self.store.note("told much", events=len(events))
        if "deadly" in kinds:
            os._exit(9)
        for event in events:
            if event["data"]["kind"] == "waits":
                self.store.wait_at(event["data"]["gate"], "told much")
            if event["data"]["kind"] == "holds":
                self.store.hold("much holds", event["data"]["gate"])
        if "poison" in kinds:
            raise RuntimeError("poison")
        self.store.collection("told").insert_many([{"_id": event["id"], "data": event["data"]} for event in events])

    @subscribe_batches(told_in_turn, batch=10, min_interval=0.05, in_order=True)
    def on_told_in_turn(self, events):
        """ "stumbles" fails until there is a note `gate`."""
        for event in events:
            data = event["data"]
            if data["kind"] == "poison":
                self.store.note("told poison in turn", id=event["id"])
                raise RuntimeError("poison")
            if data["kind"] == "waits":
                self.store.wait_at(data["gate"], "told in turn")
            if (
                data["kind"] == "stumbles"
                and self.store.db["notes"].count_documents({"id": event["id"]}) < data["times"]
            ):
                self.store.note("stumbled in turn", id=event["id"], at=time.time())
                raise RuntimeError("stumbled")
        told = self.store.collection("told")
        turn = self.store.collection("rows").find_one_and_update(
            {"_id": "turn"}, {"$inc": {"count": len(events)}}, upsert=True, after=True
        )["count"] - len(events)
        told.insert_many(
            [
                {"_id": event["id"], "data": event["data"], "turn": turn + n, "of": len(events)}
                for n, event in enumerate(events)
            ]
        )

    @command("place", batch=10, min_interval=0.02, prefetch=7)
    def move(self, commands):
        return [{"args": one.args} for one in commands]

    @command(batch=3, min_interval=600)
    def gather(self, commands):
        self.store.note("gathered", commands=len(commands))
        if gate := commands[0].body.get("gate"):
            self.store.hold("gathers", gate)
        return [{} for _ in commands]

    @command(batch=50, min_interval=0.02)
    def cast(self, commands):
        votes = self.store.collection("votes")
        voters = [one.body["voter"] for one in commands]
        if "poison" in voters:
            raise RuntimeError("poison")
        if "deadly" in voters:
            os._exit(9)
        there = {vote["_id"] for vote in votes.find({"_id": {"$in": voters}})}
        outcomes = []
        for voter in voters:
            outcomes.append({"status": 200 if voter in there else 201, **({"x": {1, 2}} if voter == "unfit" else {})})
            if voter not in there:
                votes.insert_one({"_id": voter})
                there.add(voter)
        for one in commands:
            if gate := one.body.get("gate"):
                self.store.hold("held batch", gate)
        return outcomes

    @every(0.2)
    def tick(self):
        self.store.db["ticks"].insert_one({"by": os.getpid()})
        while self.store.db["notes"].find_one({"what": "ticks take long"}):
            time.sleep(0.1)

    @rpc(writes=True)
    def start(self, kind, arguments, key=""):
        return self.job_response(self.bus.jobs.enqueue(kind, arguments, key=key))

    @rpc(writes=True)
    def start_and_refuse(self, kind):
        self.bus.jobs.enqueue(kind, {})
        raise Conflict("madeup.name_taken", "The name is taken.")

    @job(clean_up="forget_rows")
    def add_up(self, run):
        step, steps = run.checkpoint or 0, run.arguments["steps"]
        self.store.collection("rows").insert_one({"job": run.id, "step": step})
        if step + 1 == steps:
            return run.finish({"total": self.store.collection("rows").count_documents({"job": run.id}), "secret": 1})
        return run.next(step + 1, done=step + 1, total=steps)

    def forget_rows(self, run):
        self.store.collection("rows").delete_many({"job": run.id})

    @job(transaction=False)
    def walk(self, run):
        self.store.note("walk started", job=run.id)
        for _ in run.track(range(run.arguments["length"]), total=run.arguments["length"]):
            time.sleep(0.02)
        return run.finish({"total": run.arguments["length"]})

    @job(attempts=3)
    def stumble(self, run):
        self.store.note("stumbled", job=run.id)
        if run.arguments.get("refuse"):
            raise Conflict("madeup.name_taken", "The name is taken.", name="x")
        if run.arguments.get("deadly"):
            os._exit(9)
        if self.store.db["notes"].count_documents({"job": run.id}) <= run.arguments["times"]:
            raise RuntimeError("stumbled")
        return run.finish()

    def break_down(self, run):
        raise RuntimeError("broken")

    @job(attempts=1, transaction=False)
    def conclude(self, run):
        def effect():
            self.store.collection("rows").insert_one({"job": run.id})
            raise RuntimeError

        return run.finish(effect=effect)

    @job(attempts=1, clean_up="break_down")
    def spoil(self, run):
        raise RuntimeError

    if not os.environ.get("MADEUP_FORMER"):

        @job()
        def sign(self, run):
            return run.finish({"by": context.current().actor.id})

    @job()
    def ponder(self, run):
        self.store.note("pondered", job=run.id)
        step, steps = run.checkpoint or 0, run.arguments["steps"]
        if run.arguments.get("fail"):
            raise RuntimeError("stumbled")
        time.sleep(0.4)
        return run.next(step + 1, done=step + 1, total=steps) if step + 1 < steps else run.finish()
