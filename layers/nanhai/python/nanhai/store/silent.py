"""Values that hold what no log, trace or failed assertion may show."""

from __future__ import annotations

import msgspec


class Silent(msgspec.Struct, frozen=True):
    """Its repr names its kind and nothing of what it holds."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"
