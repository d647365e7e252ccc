"""Requests without the agreed form: a client's mistakes, told one at a time."""

from __future__ import annotations

from typing import ClassVar

from nanhai.domain.errors import Fault, Param, Refusal


class Malformed(Refusal):
    """`status` where the kind's own is not precise enough; `at` names the place of the one fault."""

    code = "edge.malformed"
    kind = "malformed"
    status: ClassVar[int] = 400

    def __init__(self, at: str | None = None, **params: Param) -> None:
        super().__init__(*(() if at is None else (Fault(at, self.code, params),)))
        self.params = params


class BadMediaType(Malformed):
    """Only application/json in UTF-8 is read."""

    code = "edge.media-type"
    status = 415


class NotAcceptable(Malformed):
    """The answer is of a type that the request does not accept."""

    code = "edge.not-acceptable"
    status = 406


class BodyTooLarge(Refusal):
    code = "edge.too-large"
    kind = "too-large"


class BodyUnexpected(Malformed):
    """There is a body where none is read."""

    code = "edge.body-unexpected"


class Unreadable(Malformed):
    code = "edge.json"


class BadUtf8(Malformed):
    code = "edge.utf-8"


class TooDeep(Malformed):
    code = "edge.too-deep"


class DuplicateKey(Malformed):
    """Two readers could understand an object with the same key twice in two ways."""

    code = "edge.duplicate-key"


class UnknownField(Malformed):
    code = "edge.unknown-field"


class Required(Malformed):
    code = "edge.required"


class WrongType(Malformed):
    code = "edge.type"


class WrongLength(Malformed):
    code = "edge.length"


class OutOfRange(Malformed):
    code = "edge.range"


class WrongPattern(Malformed):
    code = "edge.pattern"


class UnknownChoice(Malformed):
    code = "edge.choice"


class Repeated(Malformed):
    """A query parameter given more than once."""

    code = "edge.repeated"


class OnceKeyRequired(Malformed):
    code = "edge.idempotency-key-required"


class BadOnceKey(Malformed):
    code = "edge.idempotency-key"


class BadCursor(Malformed):
    code = "edge.cursor"
