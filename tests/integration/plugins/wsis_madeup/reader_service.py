from wsis_shared.bus import Service, subscribe, subscribe_many

from wsis_madeup.reader import everything


class Reader(Service):
    name = "reader"

    @subscribe("madeup", "thing_made")
    def on_thing_made(self, event):
        self.bus.db["read"].insert_one({"by": "on_thing_made", "n": event["data"]["n"]})

    @subscribe_many(everything, prefetch=3)
    def on_any(self, event):
        self.bus.db["read"].insert_one({"by": "on_any", "n": event["data"]["n"]})
