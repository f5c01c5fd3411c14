"""Responses, some of them wrong on purpose. State is in memory: the service runs in one process."""

import json
import secrets
import time

import eventlet
from wsis_shared import context, paging
from wsis_shared.bus import Service, command, job, rpc
from wsis_shared.errors import Conflict, Invalid, NotFound, SuiteError
from wsis_shared.json_text import JsonText

CARDS = {
    "n1": {
        "title": {"en": "Wells", "ar": "آبار"},
        "open": True,
        "tags": [],
        "at": "2017-04-30T21:00:00Z",
        "site": "https://wells.example/?a=1&b=2",
        "evil": "<script>alert(1)</script>",
        "bad": "javascript:alert(1)",
        "owner": {"name": "Ama", "age": None},
        "parts": [{"name": "pump"}],
        "next": "c2",
    }
}
CALLS = {"count": 0, "slow": 0}
CAST = {}
PAPERS = {}
BOARDS = {}  # name -> number
READS = {}  # name -> how often it was read
POSTS = {}  # name -> texts
PAGE = 3


class SampleService(Service):
    name = "sample"

    @rpc
    def echo(self, **query):
        ctx = context.current()
        return {
            "actor": ctx.actor.id,
            "roles": list(ctx.actor.roles),
            "locale": ctx.locale,
            "network": ctx.network,
            "request_id": ctx.request_id,
            "trace": ctx.traceparent,
            "idempotency_key": ctx.idempotency_key,
            "patience": ctx.remaining(1000),
            "query": query,
            "undeclared": "must not leave",
        }

    @rpc
    def list_notes(self, limit, after, country, kinds):
        return {"items": [{"id": "n1", "title": "One", "owner": "must not leave"}], "next": None}

    @rpc
    def make_note(self, body):
        if body["title"] == "taken":
            raise Conflict("sample.title_taken", "A note with that title exists.", title=body["title"])
        return {"id": context.current().new_id(), "title": body["title"], "at": context.current().received_at}

    @rpc
    def read_note(self, note):
        if note == "none":
            raise NotFound("sample.note_unknown", "There is no such note.")
        return {"id": note, "title": "One", "at": None}

    @rpc
    def keep(self, note, body):
        return body

    @rpc
    def drop_note(self, note):
        return None

    @rpc
    def count(self, limit, after):
        CALLS["count"] += 1
        return {"calls": CALLS["count"], "title": context.current().locale}

    @rpc
    def slow_count(self):
        CALLS["slow"] += 1
        eventlet.sleep(0.5)
        return {"calls": CALLS["slow"], "title": ""}

    @rpc
    def list_rows(self, limit, after, rows, size, silent_at, broken_at):
        begin = (paging.decode(after) or [0])[0]
        end = min(rows, begin + limit)
        if silent_at is not None and end > silent_at:
            eventlet.sleep(4)
        if broken_at is not None and end > broken_at:
            raise RuntimeError("mongodb://user:secret@inside/")
        items = [
            {
                "number": number,
                "code": "8.10",
                "title": {"en": f"Title {number}", "fr": "=1+1"},
                "owner": {"name": "Åse", "age": 7} if number % 2 else None,
                "tags": ["NO", "8.10"],
                "parts": [{"name": "x", "age": None}],
                "text": "x" * size or "=HYPERLINK(1)",
                "score": -1.5,
                "open": True,
                "at": "2017-02-15T21:59:59Z",
                "data": {"a": [1]},
                "undeclared": "must not leave",
            }
            for number in range(begin, end)
        ]
        return {"items": items, "next": paging.encode([end]) if end < rows else None}

    @rpc
    def list_json_rows(self, limit, after, rows, size, silent_at, broken_at):
        page = self.list_rows.__wrapped__(self, limit, after, rows, size, silent_at, broken_at)
        declared = [{name: value for name, value in row.items() if name != "undeclared"} for row in page["items"]]
        return JsonText(json.dumps({**page, "items": declared}, ensure_ascii=False).encode())

    @rpc
    def drawing(self, note):
        return {"text": f"<svg><text>{note} é</text></svg>", "filename": 'Résumé "1".svg'}

    @rpc
    def page(self, note, limit, after):
        locale = context.current().locale
        return {"text": f"<p lang={locale}>{note} {secrets.token_hex(4)}</p>", "filename": "page.html"}

    @rpc(writes=True)
    def choose(self, note, body):
        return {"text": json.dumps(body, ensure_ascii=False)}

    @rpc
    def read_card(self, note, limit, after):
        return CARDS[note]

    @rpc
    def paper(self, note):
        if note == "none":
            raise NotFound("sample.note_unknown", "There is no such note.")
        return {"blob": PAPERS.get(note, note)}

    @rpc(writes=True)
    def store_paper(self, note, upload):
        if note == "taken":
            raise Conflict("sample.title_taken", "This note has a file.", title=note)
        if note == "broken":
            raise RuntimeError
        if note == "long":
            READS["long"] = READS.get("long", 0) + 1
            while "long" not in BOARDS:
                eventlet.sleep(0.02)
        self.bus.blobs.keep(upload["id"], f"note/{note}")
        PAPERS[note] = upload["id"]
        return {"note": note, "upload": upload, "at": context.current().received_at}

    @rpc(writes=True)
    def file_paper(self, body, upload):
        if body["title"] == "unread":
            raise Invalid("sample.paper_unread", fields={"file": ["Not a paper."]})
        return {**self.store_paper.__wrapped__(self, upload["id"], upload), "title": body["title"]}

    @rpc
    def sleep(self):
        eventlet.sleep(2)

    @rpc
    def boom(self):
        raise RuntimeError("mongodb://user:secret@inside/")

    @rpc
    def leak(self):
        raise SuiteError("sample.inside", "mongodb://user:secret@inside/", password="secret")

    @rpc
    def set_board(self, board, number):
        BOARDS[board] = number

    @rpc
    def read_board(self, board):
        READS[board] = READS.get(board, 0) + 1
        if board not in BOARDS:
            raise NotFound("sample.note_unknown", "There is no such board.")
        return {"board": board, "number": BOARDS[board]}

    @rpc
    def drop_board(self, board):
        BOARDS.pop(board)

    @rpc
    def reads(self, board):
        return READS.get(board, 0)

    @rpc
    def post(self, board, text):
        POSTS.setdefault(board, []).append(text)

    @rpc
    def list_posts(self, board, after):
        READS[board] = READS.get(board, 0) + 1
        texts = POSTS.get(board, [])
        shown = texts[after : after + PAGE]
        end = after + len(shown)
        return {"items": shown, "next": end if len(texts) > end else None, "position": end if shown else None}

    @rpc
    def register(self):
        return {"message": "sent"}

    @rpc
    def ask(self):
        return {"over_rate": context.current().over_rate}

    @command("note", batch=100, min_interval=0.005)
    def cast(self, commands):
        outcomes = []
        for one in commands:
            if one.body["seconds"] and one.id not in CAST:
                time.sleep(one.body["seconds"])
            known = CAST.get(one.id)
            if one.body["choice"] == "refused":
                outcomes.append(Conflict("sample.title_taken", "Refused.", title="x"))
            elif known is not None:
                outcomes.append({**known, "status": 200})
            else:
                CAST[one.id] = {"choice": one.body["choice"], "command": one.id, "at": one.context.received_at}
                outcomes.append(CAST[one.id])
        return outcomes

    @rpc(writes=True)
    def archive(self, note):
        return self.job_response(self.bus.jobs.enqueue("pack", {"note": note, "steps": 3}))

    @job(duty_cycle=0.05)
    def pack(self, run):
        step = (run.checkpoint or 0) + 1
        if run.arguments["note"] == "endless" or step < run.arguments["steps"]:
            return run.next(step, done=step, total=run.arguments["steps"])
        return run.finish({"calls": step, "title": run.arguments["note"], "secret": "must not leave"})

    @rpc(writes=True)
    def scan(self, note, upload):
        self.bus.blobs.keep(upload["id"], f"scan/{note}")
        return self.job_response(self.bus.jobs.enqueue("turn", {"scan": upload["id"]}))

    @job()
    def turn(self, run):
        content = b"".join(self.bus.blobs.open(run.arguments["scan"]))
        turned = self.bus.blobs.put([content[::-1]], owner="scans", filename="turned.csv", media_type="text/csv")
        return run.finish({"blob": turned.id})
