"""Pages of the web that a service brings: what people see in place of JSON.

A page names the routes that it shows and the routes that its forms send to, by their addresses. The gateway calls them
as any client would: with the visitor's permission, limits, validation and cache. There is no second API.

A template is an HTML file of the service's package in the language of Jinja2. It extends `layout.html`, takes its
components from `ui.html`, and its words from the part `pages` of the service's texts, then the gateway's.
"""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import Schema
from wsis_shared.settings import Suite


def page_url(path: str, language: str = "") -> str:
    """The absolute address of a page, for feeds, calendars and documents; without a language each reader's own.

    Mails name a page as "page:/editions/2017/vote", and lead to it in their language.
    """
    return f"{Suite.current().public_url.rstrip('/')}{language and f'/{language}'}{path}"


@dataclass(frozen=True)
class Read:
    """A GET route that a page shows, called `name` in the template.

    `route` is its address: "/v1/editions/{edition}/nominees?category={category}&order={ballot.order}". Its variables
    are those of the page's path, the fields of its query, and the results of the reads before it. In a list, a number
    is a position, and "{ballot.voted.category.project}" leads to the row that has the category of the page.
    `optional`: the page stands without it, where the service is away or what it shows does not exist; it is none then.
    `takes_query`: the page's query goes to the route, so that a search is an address. Where it is optional too, what it
    refuses of the query stands in `wrong`: field -> messages.
    `checking`: it is read where a form of the page is shown once more before it is sent, and is none elsewhere.
    """

    name: str
    route: str
    optional: bool = False
    takes_query: bool = False
    checking: bool = False


@dataclass(frozen=True)
class Form:
    """A form of a page: `route` takes what it sends, as "POST /v1/editions/{edition}/votes".

    Its fields are named as the errors of the route name them: "content.title.fr", "answers.requests.0.text". Where one
    is wrong, the page comes back with the error at the field and all that was typed.
    A variable of the route that the page's path has not is a field of the form.
    `then` is the page that follows, below the language: "/editions/{edition}/vote?done={category}". Its variables are
    those of the path, the fields of the form, and the response. Empty: the same page, with the response as `reply` of
    the form, whose fields are as before anything was typed.
    `preview`: it changes nothing, so that what was typed stays, in all forms of the page.
    `again`: the same of what a mailed secret opens: it is asked again where another form of the page comes back.
    `confirm`: it is shown once more before it is sent: what is final, what reaches many people.
    """

    name: str
    route: str
    then: str
    confirm: bool = False
    preview: bool = False
    again: bool = False


@dataclass(frozen=True)
class Download:
    """A GET route that whoever may read it gets as a file by a link of the page: `this_page(file="refused")`, beside
    the fields of the page's query that its variables are. `/v1` itself knows no session of a browser.

    `takes_query`: the filters of the page's query go to the route, so that the file has the rows of the list.
    """

    name: str
    route: str
    takes_query: bool = False


@dataclass(frozen=True)
class Page:
    """A page, served below each language: "/editions/{edition}/vote" is at "/fr/editions/2017/vote".

    `template` is a file of the service's package: "ballots/pages/ballot.html". `title` is a key of its texts.
    `query`: the fields of the page's own query. Others are ignored, but `after` and `job` where a read names them, and
    what forms that lead here say was `done`: `then="/me/claims?done=yes"`.
    `view` names a pure function (values, locale) -> values: grids and pictures.
    `menu` says where a link to it stands, and in which order: "public:30", "me:20", "desk:10".
    `place`: the panels of that place stand on it, as "edition".
    `signed_in`: visitors without a session are asked to sign in first, as they are by all below /me and /desk. Without
    `permission` they get no page, and menus lead them to none; what its reads need, they need as well.
    `live` names the read whose stream says that there is something new: the page then shows it by itself, or by a link.
    `framed`: other sites may show it in a frame. It is the same for everybody then, without forms that send anything
    and without a script: its template extends `frame.html`, and its links leave the frame (target="_blank").
    """

    path: str
    template: str
    title: str
    reads: tuple[Read, ...] = ()
    forms: tuple[Form, ...] = ()
    files: tuple[Download, ...] = ()
    query: type[Schema] | None = None
    view: str = ""
    menu: str = ""
    place: str = ""
    signed_in: bool = False
    permission: str = ""
    live: str = ""
    framed: bool = False

    @property
    def needs_session(self) -> bool:
        """Are visitors without a session asked to sign in first?"""
        return self.signed_in or self.path.split("/")[1] in ("me", "desk")


@dataclass(frozen=True)
class Panel:
    """A part of a page that several services fill.

    `place` is "front", "me", "desk" or "edition". A panel whose service is away, or whose `permission` the visitor has
    not, is left out, and the rest of the page stands.
    """

    place: str
    order: int
    template: str
    reads: tuple[Read, ...] = ()
    permission: str = ""
