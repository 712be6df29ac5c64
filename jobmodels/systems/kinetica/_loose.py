"""Places of Kinetica's answers whose values are only copied. Source: contracts page, 3.1 to 3.3."""

from __future__ import annotations

from jobmodels.loose import ADDED, ANY, FIXED, INSIDE

_GIVEN = "/data_str/job_response_str"

LOOSE = {
    ADDED: ANY,
    # Of a call that failed; some sentences say that asking again may help.
    "/message": ("Table '{word}' does not exist (Job/{count})", "Table '{word}' does not exist"),
    "/data_str": INSIDE,
    "/data_str/job_id": ("{digits}",),
    "/data_str/endpoint": ("{text}",),
    "/data_str/progress": ("{percent}",),
    "/data_str/info/**": ANY,
    "/data_str/status_map/error_message": ("{text}",),
    # What the job gave: a wrapper once more, of which these are read, or any document.
    _GIVEN: INSIDE,
    **{f"{_GIVEN}/{name}": FIXED for name in ("status", "message", "data_type", "data", "data_str")},
    f"{_GIVEN}/**": ANY,
}
