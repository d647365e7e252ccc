"""The request as API Gateway hands it over, taken off the app at once."""

from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Mapping

import msgspec
from chalice.app import Request

from nanhai.domain.errors import Absent
from nanhai.edge.language import preferred
from nanhai.edge.malformed import BadUtf8, Unreadable
from nanhai.texts import Language

SEGMENT = re.compile(r"[A-Za-z0-9._~-]{1,64}")


class Incoming(msgspec.Struct, frozen=True):
    method: str
    resource: str
    parameters: Mapping[str, str]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]  # names in lower case
    correlation_id: str
    address: str
    content: str | bytes
    is_base64: bool
    url_path: str = "/"  # as the client asked: with base path or stage before the resource

    @property
    def language(self) -> Language:
        return preferred(self.header("accept-language"))

    def header(self, name: str) -> str:
        return self.headers.get(name, "")

    def path(self) -> Mapping[str, str]:
        """The path parameters; Absent when one could not name anything."""
        if not all(SEGMENT.fullmatch(value) for value in self.parameters.values()):
            raise Absent
        return self.parameters

    def body(self) -> bytes:
        """The body's bytes; raises Unreadable or BadUtf8 when it was not even transported properly."""
        try:
            if self.is_base64:
                return base64.b64decode(self.content, validate=True)
            return self.content if isinstance(self.content, bytes) else self.content.encode("utf-8")
        except UnicodeEncodeError:
            raise BadUtf8 from None
        except ValueError:
            raise Unreadable from None


def incoming(request: Request) -> Incoming:
    event = request.to_original_event()
    context = event["requestContext"]
    identity = context.get("identity") or {}
    return Incoming(
        method=context["httpMethod"],
        resource=context["resourcePath"],
        parameters=event.get("pathParameters") or {},
        query=event.get("multiValueQueryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        correlation_id=context.get("requestId") or str(uuid.uuid4()),
        address=identity.get("sourceIp") or "",
        content=event.get("body") or "",
        is_base64=bool(event.get("isBase64Encoded")),
        url_path=context.get("path") or "/",
    )
