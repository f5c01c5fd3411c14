"""The description of an operation in the OpenAPI document: what the route says, then what follows from its fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wsis_shared import auth
from wsis_shared.context import Actor
from wsis_shared.plugin import PUBLIC, DiscoveryResult, Mode
from wsis_shared.rates import rate_classes_of

from wsis_gateway.routing import Operation


class Descriptions:
    """Describes operations by the manifests of all plugins. `titles` is error code -> language -> title."""

    def __init__(self, found: DiscoveryResult, titles: Mapping[str, Mapping[str, str]]) -> None:
        self._grants = auth.grants(plugin.grants for plugin in found)
        self._rate_classes = rate_classes_of(found)
        self._titles = titles

    def of(self, operation: Operation) -> str:
        """CommonMark."""
        route = operation.route
        errors = "\n".join(
            f"- `{code}`: {self._titles.get(code, {}).get('en', '')}".rstrip(": ") for code in route.error_codes
        )
        parts = (route.description, " ".join(self._sentences(operation)), f"Errors:\n\n{errors}" if errors else "")
        return "\n\n".join(part for part in parts if part)

    def _sentences(self, operation: Operation) -> Iterator[str]:
        route = operation.route
        if route.permission != PUBLIC:
            roles = [role for role in sorted(self._grants) if self._grant(role, route.permission)]
            yield f"Needs `{route.permission}` (roles: {', '.join(roles) or 'none'})."
        if route.mode is Mode.COMMAND:
            yield "The request is stored durably first: `202` says where the outcome will be when it takes longer."
        if operation.cached:
            yield f"Cached for {route.cache} s at most."
        if route.if_match:
            yield "Send the `ETag` that you read as `If-Match`: of two who change the same, one gets 412."
        rate_class = self._rate_classes[route.limit_class]
        whom = "a network" if route.permission == PUBLIC and not rate_class.by else rate_class.of_whom
        yield f"Rate limit: `{route.limit_class}`, of {whom}."

    def _grant(self, role: str, permission: str) -> bool:
        return auth.is_allowed(Actor("", (role,)), permission, self._grants)
