"""What the grown service does: files, a job, a worker, mail, a second version of an event."""

from email import message_from_bytes

from wsis_guild.paper_store import Papers
from wsis_shared.errors import NotFound
from wsis_shared.keys import mailbox_secret
from wsis_shared.mailboxes import read_address
from wsis_shared.operations import inbound_mail, job, rpc, subscribe, worker

STEP = 2


def to_response(paper):
    return {"id": paper["_id"], **{name: paper[name] for name in ("number", "filename", "checked")}}


class PaperCases:
    def __init__(self, papers, itself):
        self.papers, self.itself = papers, itself

    @rpc(writes=True)
    def file_paper(self, blobs, shelf, upload):
        blobs.keep(upload["id"], owner=f"shelf/{shelf}")
        return to_response(self.papers.add(shelf, upload))

    @rpc
    def list_papers(self, shelf, limit, after):
        return self.papers.page(shelf, limit, after).response(to_response)

    @rpc
    def read_paper(self, paper):
        if self.papers.find(paper) is None:
            raise NotFound("guild.entry_unknown")
        return {"blob": paper}

    @rpc
    def read_shelf(self, shelf):
        return self.papers.shelf(shelf)

    @rpc
    def ask_for_shelf(self, shelf):
        return self.itself.read_shelf(shelf=shelf)

    @rpc(writes=True)
    def start_weighing(self, jobs, shelf):
        return jobs.enqueue("weigh", {"shelf": shelf}, key=shelf)

    @job()
    def weigh(self, run):
        start, weight = run.checkpoint or (0, 0)
        shelf = run.arguments["shelf"]
        rows = self.papers.some(shelf, start, STEP)
        if not rows:
            return run.finish({"bytes": weight})
        place = start + len(rows), weight + sum(row["size"] for row in rows)
        return run.next(list(place), done=place[0], total=self.papers.shelf(shelf)["papers"])

    @worker(singleton=True)
    def check_papers(self, loop):
        while loop.running:
            if not self.papers.check_one():
                loop.wait(0.1)

    @inbound_mail
    def receive_letter(self, mail, blobs):
        shelf = read_address("g", mail.recipient, secret=mailbox_secret()).decode()
        letter = message_from_bytes(b"".join(blobs.open(mail.blob)))
        self.papers.add_letter(shelf, letter.get_payload().strip())

    @subscribe("guild", "paper_filed", version=2)
    def on_paper_filed(self, event):
        self.papers.note(event["data"]["shelf"])


def compose(parts) -> PaperCases:
    return PaperCases(Papers(parts.db), parts.client("guild"))
