"""Places of ArangoDB's answers whose values are only copied. Source: contracts page of ArangoDB, 1.1 and 1.2."""

from __future__ import annotations

from jobmodels.loose import ADDED, ANY, FIXED, RUN

LOOSE = {
    ADDED: ANY,
    "headers/x-arango-async-id": ("{digits}",),
    "/error": FIXED,
    "/code": FIXED,
    "/errorNum": FIXED,
    "/errorMessage": ("{text}",),
    # Items of a batch, of which some may be errors.
    "/*/error": FIXED,
    "/*/code": FIXED,
    "/*/errorNum": FIXED,
    "/*/errorMessage": ("{text}",),
    # A message that was written down whole.
    **{f"/{name}{below}": FIXED for name in ("status", "headers", "body") for below in ("", "/**")},
    # The yes to a cancel or a delete, or what a job answered: its lists are anybody's.
    "/result": RUN,
    "/result/**": ANY,
    "/extra/**": ANY,
    **{f"/{name}": ("{text}",) for name in ("_id", "_key", "_rev")},
}
"""What a job answered may be any JSON; only the envelope of an error, at the top or in the items of a list, is read."""
