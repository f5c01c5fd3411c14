"""Calls of routes in this process, as any client makes them: a request of its own, through the handler of all routes.

Permission, limits, validation, deadlines, slots and the cache of JSON are therefore those of the API.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from falcon import Request, Response, ResponseOptions
from wsis_shared.blobs import Blob, Upload
from wsis_shared.context import ANONYMOUS, Actor

from wsis_gateway import request_parsing
from wsis_gateway.auth import Authenticator
from wsis_gateway.handler import Handler
from wsis_gateway.routing import ServeOperation
from wsis_gateway.uploads import FormFile, Uploads
from wsis_gateway.web.addresses import Target

_PASSED_ON = ("HTTP_PROOF_OF_WORK",)  # the other headers are about the page, and not about what it reads


@dataclass(frozen=True)
class Reply:
    """What a route has answered; `revision` is the ETag of a document that has one."""

    value: Any
    status: int
    revision: str


class Calls:
    """Calls routes in the name of a visitor."""

    def __init__(self, serve: ServeOperation, authenticator: Authenticator, handler: Handler) -> None:
        self._serve, self._authenticator, self._handler = serve, authenticator, handler
        self._options = ResponseOptions()

    def read(self, target: Target, req: Request, values: Mapping[str, object], token: str, query: str = "") -> Reply:
        """What a GET shows. Raises SuiteError."""
        return self._send(target, req, values, token, target.query_text(values, query))

    def write(
        self,
        target: Target,
        req: Request,
        values: Mapping[str, object],
        token: str,
        body: Mapping[str, object],
        file: Blob | None = None,
        **headers: str,
    ) -> Reply:
        """What a write answers; `file` was stored for it. Raises SuiteError."""
        about = {f"HTTP_{name.upper()}": value for name, value in headers.items() if value}
        return self._send(
            target, req, values, token, target.query_text(values), {request_parsing.READ: body, **about}, file
        )

    @property
    def uploads(self) -> Uploads:
        """The files on their way in."""
        return self._handler.uploads

    def put_file(self, target: Target, upload: Upload, req: Request, token: str, file: FormFile) -> Blob:
        """Store a file that the route is called with next. Raises SuiteError."""
        request = self._request(req, token, {"REQUEST_METHOD": target.operation.route.method})
        self._handler.admission.authorize(target.operation, request, Response(options=self._options))

        def read(size: int) -> bytes:
            self._authenticator.check_still(request)
            return file.read(size)

        return self._handler.uploads.put(target.operation, upload, replace(file, read=read))

    def give(
        self,
        target: Target,
        req: Request,
        resp: Response,
        values: Mapping[str, object],
        token: str,
        query: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        told: bool = False,
    ) -> None:
        """Answer a request with the file of a GET, or with its stream: `told` alone that there is something new. Raises
        SuiteError."""
        route, variables = target.operation.route, target.path_values(values)
        about = {
            "REQUEST_METHOD": req.method,
            "PATH_INFO": route.path.format(**variables),
            "QUERY_STRING": target.query_text(values, query),
            **(headers or {}),
        }
        request = self._request(req, token, about)
        request.context.told = told
        self._serve(target.operation, request, resp, variables)

    def actor(self, token: str) -> Actor:
        """Whose token it is. Raises as the routes do."""
        return self._authenticator.actor_of(token) if token else ANONYMOUS

    def counted(self, req: Request, token: str) -> Actor:
        """Whom the visit counts for."""
        return self._authenticator.counted(req, token)

    def is_allowed(self, actor: Actor, permission: str) -> bool:
        """Has the visitor this permission?"""
        return self._authenticator.is_allowed(actor, permission)

    def _send(
        self,
        target: Target,
        req: Request,
        values: Mapping[str, object],
        token: str,
        query: str,
        more: Mapping[str, object] | None = None,
        file: Blob | None = None,
    ) -> Reply:
        route, variables = target.operation.route, target.path_values(values)
        request_parsing.path(variables)
        about = {"REQUEST_METHOD": route.method, "PATH_INFO": route.path.format(**variables), "QUERY_STRING": query}
        request, response = self._request(req, token, {**about, **(more or {})}), Response(options=self._options)
        request.context.file = file
        self._serve(target.operation, request, response, variables)
        value = json.loads(response.data) if response.data else {}
        status = response.status if isinstance(response.status, int) else int(str(response.status)[:3])
        return Reply(value, status, response.get_header("ETag") or "")

    def _request(self, req: Request, token: str, about: Mapping[str, object]) -> Request:
        env = {name: value for name, value in req.env.items() if name in _PASSED_ON or not name.startswith("HTTP_")}
        env |= {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "0", "HTTP_ACCEPT": "application/json"}
        env |= {"wsgi.input": BytesIO(), **about}
        if token:
            env["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        request = Request(env, options=req.options)
        vars(request.context).update(vars(req.context), actor=ANONYMOUS, verified=None)
        return request
