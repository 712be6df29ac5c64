"""Wire schemas: where they are, and whether a document holds what its schema says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from jobmodels._convert import unstructure
from jobmodels._folders import find_folder
from jobmodels._job import Finding, Job, Key
from jobmodels._json import admit, decode, looks_embedded, pointer
from jobmodels._moments import moment
from jobmodels._registry import Registry
from jobmodels._registry import registry as known_systems
from jobmodels._system import JSON_MEDIA, Endpoint
from jobmodels.errors import DecodeError, NoSchema

FOLDER = "schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_OWN = __name__.partition(".")[0]


@attrs.frozen(eq=False)
class Shelf:
    """The schemas that the endpoints of one package can use: its own, and ours.

    Attributes:
        by_path: the package's own, by their paths below its folder.
        by_id: all that have an `$id`, by it.
        resources: the same for a validator; it never fetches what it does not hold.
    """

    by_path: Mapping[str, Mapping[str, Any]]
    by_id: Mapping[str, Mapping[str, Any]]
    resources: Any


def json_schema(key: Key | str | type, registry: Registry | None = None) -> dict[str, Any]:
    """Give the JSON Schema of an answer on the wire, or that of a `Job` as `to_dict` gives it.

    Args:
        key: an endpoint, or its details class, which stands for its home; or `Job`.
        registry: the endpoints to look in; those of this installation if None.

    Returns:
        A schema of draft 2020-12 that is complete by itself: other schemas that it refers to are inside.

    Raises:
        NoSuchEndpoint: the registry does not hold it.
        NoSchema: the endpoint has no schema at the path that follows from its key.
    """
    if key is Job:
        from jobmodels._job_schema import job_schema

        return job_schema()
    return schema_for(_endpoint(key, registry))


def schema_for(endpoint: Endpoint) -> dict[str, Any]:
    """Give the wire schema of an endpoint, complete by itself.

    Raises:
        NoSchema: there is none at the path that follows from its key.
    """
    shelf = _shelf(endpoint.package)
    schema = _schema(shelf, endpoint)
    others: dict[str, Any] = {}
    _refer(schema, shelf, others)
    others.pop(schema.get("$id", ""), None)
    bundle = {"$defs": {**schema.get("$defs", {}), **others}} if others else {}
    told: dict[str, Any] = json.loads(json.dumps({**schema, **bundle}))
    return told


def validate(payload: object, key: Key | str | type, registry: Registry | None = None) -> tuple[Finding, ...]:
    """Compare an answer with the JSON Schema of its endpoint.

    Args:
        payload: a decoded answer, bytes of one, or details, which are written back to the wire first.
        key: an endpoint, or its details class, which stands for its home.
        registry: the endpoints to look in; those of this installation if None.

    Returns:
        Findings with rule `schema`, in the order of their paths; empty when the schema holds. A path may lead through
        JSON text as if it were decoded.

    Raises:
        NoSuchEndpoint: the registry does not hold it.
        NoSchema: the endpoint has no schema at the path that follows from its key.
        ContractError: the payload is not a JSON value, or is too deep.
        DecodeError: bytes that hold no JSON document.
    """
    endpoint = _endpoint(key, registry)
    if attrs.has(type(payload)):
        payload = unstructure(payload)
    twice: tuple[Finding, ...] = ()
    if isinstance(payload, (bytes, bytearray, memoryview)):
        payload, twice = decode(payload)
    errors = _validator(endpoint).iter_errors(admit(payload))
    told = {Finding("schema", found.path, found.message) for found in twice}
    told |= {Finding("schema", pointer(error.absolute_path), _statement(error)) for error in errors}
    return tuple(sorted(told, key=lambda finding: (finding.path, finding.message)))


def _endpoint(key: Key | str | type, registry: Registry | None) -> Endpoint:
    known = known_systems() if registry is None else registry
    return known.home(key) if isinstance(key, type) else known[key]


@cache
def _shelf(package: str) -> Shelf:
    from referencing import Registry as Resources
    from referencing.jsonschema import DRAFT202012

    own = dict(_files(find_folder(package, FOLDER)))
    ours = _shelf(_OWN).by_id if package != _OWN else {}
    by_id = {**ours, **{schema["$id"]: schema for schema in own.values() if "$id" in schema}}
    pairs = [(uri, _undeclared(schema)) for uri, schema in by_id.items()]
    resources = Resources().with_contents(pairs, default_specification=DRAFT202012)
    return Shelf(own, by_id, resources.crawl())


def _files(folder: Path | None) -> Iterator[tuple[str, dict[str, Any]]]:
    if folder is None:
        return
    for path in sorted(folder.rglob("*.json")):
        yield path.relative_to(folder).as_posix(), json.loads(path.read_text(encoding="utf-8"))


def _undeclared(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Take off `$schema` where it says what holds anyway: it would call in a validator without what we added."""
    return {name: said for name, said in schema.items() if (name, said) != ("$schema", DRAFT)}


def _schema(shelf: Shelf, endpoint: Endpoint) -> Mapping[str, Any]:
    if endpoint.schema_path not in shelf.by_path:
        raise NoSchema(endpoint.key, f"{FOLDER}/{endpoint.schema_path}")
    return shelf.by_path[endpoint.schema_path]


def _refer(value: Any, shelf: Shelf, found: dict[str, Any]) -> None:
    """Collect the schemas that a schema refers to, and those that they refer to."""
    if isinstance(value, list):
        for item in value:
            _refer(item, shelf, found)
    elif isinstance(value, dict):
        for name, item in value.items():
            uri = item.partition("#")[0] if name == "$ref" and isinstance(item, str) else ""
            if uri in shelf.by_id and uri not in found:
                found[uri] = shelf.by_id[uri]
                _refer(found[uri], shelf, found)
            _refer(item, shelf, found)


@cache
def _validator(endpoint: Endpoint) -> Any:
    shelf = _shelf(endpoint.package)
    validator, formats = _dialect()
    return validator(_undeclared(_schema(shelf, endpoint)), registry=shelf.resources, format_checker=formats)


@cache
def _dialect() -> tuple[Any, Any]:
    """Draft 2020-12 with two things more: JSON text is looked into, and moments have the grammar of the converter."""
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend as untyped_extend

    extend: Any = untyped_extend

    def content_schema(validator: Any, schema: Any, text: object, parent: Mapping[str, Any]) -> Iterator[Any]:
        if not isinstance(text, str) or parent.get("contentMediaType") != JSON_MEDIA or not looks_embedded(text):
            return
        try:
            inner, twice = decode(text)
        except DecodeError as error:
            yield ValidationError(f"text that begins as JSON: {error.reason}")
            return
        for found in twice:
            yield ValidationError(found.message, path=_tokens(found.path))
        yield from validator.descend(inner, schema)

    formats = FormatChecker(formats=())
    formats.checks("date-time")(lambda value: not isinstance(value, str) or moment(value) is not None)
    return extend(Draft202012Validator, {"contentSchema": content_schema}), formats


def _tokens(path: str) -> list[str]:
    return [token.replace("~1", "/").replace("~0", "~") for token in path.split("/")[1:]]


def _statement(error: Any) -> str:
    """Say what was expected, in words of the schema; the words of the validator would show values."""
    keyword, said = error.validator, error.validator_value
    if keyword == "contentSchema":
        return str(error.message)
    if keyword == "type":
        return f"expected {' or '.join([said] if isinstance(said, str) else said)}"
    if keyword == "required":
        return f"requires {', '.join(name for name in said if name not in error.instance)}"
    if keyword == "format":
        return f"expected a {said}"
    if keyword is None:
        return "expected nothing here"
    if keyword == "pattern":
        return f"expected text of the form {said}"
    plainly = f" {json.dumps(said)}" if not isinstance(said, (dict, list)) or keyword == "enum" else ""
    return f"does not hold {keyword}{plainly}"
