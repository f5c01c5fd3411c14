"""What a grown service declares, over what the scaffold wrote."""

from dataclasses import replace

from wsis_guild import paper_pages, paper_schemas
from wsis_guild.plugin import plugin as scaffolded
from wsis_shared.blobs import Upload
from wsis_shared.events import EventDependency
from wsis_shared.jobs import JobKind
from wsis_shared.mailboxes import Mailbox, read_address
from wsis_shared.plugin import Mode, Route
from wsis_shared.process import Process
from wsis_shared.rates import RateClass
from wsis_shared.reference.sets import ReferenceSet
from wsis_shared.roles import Role
from wsis_shared.schemas import PageQuery, page_of
from wsis_shared.streams import Stream
from wsis_shared.waiting import Waiting
from wsis_shared.waiting.routes import waiting_route

BADGES = {"gold": {"en": "Gold badge", "fr": "Insigne d'or"}}
FILTERS = {"badge": lambda code, locale: BADGES[code][locale]}
PAPER = Upload(max_bytes=1_000_000, media_types=("application/pdf",))


WAITING = (
    Waiting("papers", "papers to read", "guild:read", "papers", {"read": False}, "filed_at", page="/shelves/{shelf}"),
)


def badges():
    yield {"code": "gold", "title": BADGES["gold"]}


def is_ours(address, secret):
    return read_address("g", address, secret=secret) is not None


ROUTES = (
    waiting_route("guild", "guild:read", WAITING),
    Route(
        "POST",
        "/v1/shelves/{shelf}/papers",
        "file_paper",
        "File a paper",
        permission="guild:write",
        upload=PAPER,
        response=paper_schemas.Paper,
        status=201,
    ),
    Route(
        "GET",
        "/v1/shelves/{shelf}/papers",
        "list_papers",
        "Papers of a shelf",
        permission="guild:read",
        query=PageQuery,
        response=page_of(paper_schemas.Paper, "PaperPage"),
        export="papers",
    ),
    Route(
        "GET",
        "/v1/papers/{paper}",
        "read_paper",
        "Read a paper",
        permission="guild:read",
        download=True,
        media="application/pdf",
    ),
    Route(
        "GET",
        "/v1/shelves/{shelf}",
        "read_shelf",
        "A shelf",
        permission="guild:read",
        response=paper_schemas.Shelf,
        stream=Stream(events=("guild.paper_filed",), subject="shelf", shared=True, min_interval=0.1),
    ),
    Route(
        "POST",
        "/v1/shelves/{shelf}/weight",
        "start_weighing",
        "Weigh a shelf",
        permission="guild:write",
        mode=Mode.JOB,
        response=paper_schemas.Weight,
    ),
)

plugin = replace(
    scaffolded,
    use_cases=(*scaffolded.use_cases, "wsis_guild.papers:compose"),
    calls=("guild.read_shelf",),
    routes=(*(replace(each, limit="guild_entries") if each.writes else each for each in scaffolded.routes), *ROUTES),
    pages=(*scaffolded.pages, *paper_pages.PAGES),
    panels=(*scaffolded.panels, *paper_pages.PANELS),
    waiting=WAITING,
    publishes=(*scaffolded.publishes, *paper_schemas.PUBLISHES),
    depends_on=(*scaffolded.depends_on, EventDependency("guild", "paper_filed", version=2, reads=("shelf",))),
    jobs=(JobKind("weigh", "Weighs a shelf", permission="guild:read", result=paper_schemas.Weight),),
    roles=(Role("steward", granted_by=("officer",), session_hours=2),),
    grants={"steward": ("guild:write", "guild:read")},
    rate_classes=(RateClass("guild_entries", "3/minute", "Entries of the guild", by_network_only=True),),
    reference=(ReferenceSet("guild_badges", "wsis_guild.manifest:badges", "Badges of the guild"),),
    template_filters="wsis_guild.manifest:FILTERS",
    collections="wsis_guild.paper_store:COLLECTIONS",
    migrations="wsis_guild.migrations:MIGRATIONS",
    processes=(Process("watch", run="wsis_guild.watch:run", summary="Counts its starts", needs=("store",)),),
    mailboxes=(Mailbox("g.*", check="wsis_guild.manifest:is_ours", handler="receive_letter"),),
)
