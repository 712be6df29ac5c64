"""Places of DatoCMS's answers whose values are only copied. Source: contracts page of DatoCMS, 2.2."""

from __future__ import annotations

from collections.abc import Iterator

from jobmodels.loose import ADDED, ANY, FIXED, RUN

_RESULT = "/data/attributes/payload/data"


def _entities(place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The resources that a job made or changed; errors are resources too, and tell by these attributes."""
    yield f"{place}/id", ("{text}",)
    for name in ("code", "transient", "details", "details/**", "doc_url"):
        yield f"{place}/attributes/{name}", FIXED
    yield f"{place}/attributes/**", ANY


LOOSE = {
    ADDED: ANY,
    "/data/id": ("{id}",),
    "/data/*/id": ("{text}",),
    "/data/attributes/created_at": ("{moment}",),
    "/data/attributes/updated_at": ("{moment}",),
    _RESULT: RUN,
    **dict(_entities(_RESULT)),
    **dict(_entities(f"{_RESULT}/*")),
}
