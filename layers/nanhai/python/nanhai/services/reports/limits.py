"""How much may be reported, uploaded and asked in a time. A network is large: its limit holds back floods only."""

from __future__ import annotations

from nanhai.domain.days import DAY_S, HOUR_S
from nanhai.services.identity.limits import Limit

PHOTOS = Limit("report-photo", 400, HOUR_S)  # a network
ANONYMOUS = Limit("report-anonymous", 300, HOUR_S)  # a network
REAL_NAME = Limit("report", 40, DAY_S)  # a person, refused ones too
FOLLOWED = Limit("report-receipt", 600, HOUR_S)  # a network; a code has 80 random bits, and is not found by trying
