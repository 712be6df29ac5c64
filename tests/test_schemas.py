"""The wire schemas: what they are made of, what they accept, and what is said when they do not hold."""

from __future__ import annotations

import copy
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

import jobmodels
from jobmodels import errors
from jobmodels._folders import find_folder
from jobmodels._types import required_keys
from jobmodels.systems import alation
from jobmodels.systems.alation import (
    DataDictionaryTaskDetails,
    JobDetails,
    JobDetailsCustomFieldPost,
    JobDetailsDocumentPost,
    JobDetailsRdbms,
)

FOLDER = find_folder("jobmodels", "schemas")
assert FOLDER is not None
FILES = sorted(FOLDER.glob("alation/*/*.json"))
SCHEMAS = {path.relative_to(FOLDER).with_suffix("").as_posix(): json.loads(path.read_text("utf-8")) for path in FILES}
KEYS = sorted(key for key in jobmodels.registry() if key.system == "alation")
TERMS = {"created_term_count": 1, "created_terms": [{"id": 1325, "title": "My KPI 1"}]}
DONE = {"status": "successful", "msg": "Job finished in 0.242215 seconds at 2024-06-20 13:23:02.698215+00:00"}


def subschemas(value: Any) -> Iterator[dict[str, Any]]:
    """Walk all objects of a schema."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from subschemas(inner)


def said(payload: object, key: str | type = "alation/document/POST") -> list[tuple[str, str]]:
    """Give path and message of all findings."""
    return [(finding.path, finding.message) for finding in jobmodels.validate(payload, key)]


class TestFiles:
    def test_every_key_has_one_file_and_every_file_a_key(self) -> None:
        """Paths follow from keys."""
        assert sorted(SCHEMAS) == KEYS

    @pytest.mark.parametrize("key", KEYS)
    def test_each_is_a_valid_schema_under_its_own_urn(self, key: str) -> None:
        """Draft 2020-12; the identifier follows from the key; the prose is there."""
        schema = SCHEMAS[key]
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["$id"] == f"urn:jobmodels:{key.replace('/', ':')}"
        assert schema["title"]
        assert schema["description"].endswith(".")

    @pytest.mark.parametrize("key", KEYS)
    def test_none_refers_to_anything_but_itself_and_its_neighbours(self, key: str) -> None:
        """No address that could be fetched; every name that is referred to is there."""
        for part in subschemas(SCHEMAS[key]):
            uri, _, pointer = part.get("$ref", "#").partition("#")
            assert not uri or uri.startswith("urn:jobmodels:")
            other = SCHEMAS[key] if not uri else SCHEMAS[uri.removeprefix("urn:jobmodels:").replace(":", "/")]
            for name in pointer.split("/")[1:]:
                assert name in other
                other = other[name]

    @pytest.mark.parametrize("key", KEYS)
    def test_no_pattern_can_run_for_ever(self, key: str) -> None:
        """A quantifier never stands behind a group that has one inside."""
        for part in subschemas(SCHEMAS[key]):
            assert not re.search(r"[*+}]\)?[*+{]|\([^()]*[*+{][^()]*\)[*+{?]", part.get("pattern", ""))
            assert "patternProperties" not in part

    @pytest.mark.parametrize("key", KEYS)
    def test_no_branch_takes_all(self, key: str) -> None:
        """Classes are told by `if` and `then`, never by `anyOf` or `oneOf`; no object is closed."""
        for part in subschemas(SCHEMAS[key]):
            assert not part.keys() & {"anyOf", "oneOf"}
            assert part.get("additionalProperties", True) is not False

    @pytest.mark.parametrize("key", KEYS)
    def test_the_keys_that_tell_are_those_of_the_classes(self, key: str) -> None:
        """Each `if` lists what the class named by `then` requires, and each definition the members of its class."""
        schema = SCHEMAS[key]
        for part in subschemas(schema):
            if "if" in part:
                name = part["then"]["$ref"].rpartition("/")[2]
                cls = JobDetails if name == "job" else getattr(alation, name)
                assert part["if"] == {"type": "object", "required": part["if"]["required"]}
                assert set(part["if"]["required"]) == required_keys(cls)
        for name, part in schema.get("$defs", {}).items():
            if isinstance(getattr(alation, name, None), type):
                assert set(part.get("required", ())) == required_keys(getattr(alation, name))


class TestJsonSchema:
    @pytest.mark.parametrize("key", KEYS)
    def test_is_complete_by_itself(self, key: str) -> None:
        """A validator that knows nothing of ours needs nothing but it."""
        told = Draft202012Validator(jobmodels.json_schema(key))
        assert told.is_valid({**DONE, "type": "t", "state": "s", "id": 1 if key == "alation/submit/POST" else "u"})
        assert told.is_valid({"status": 5, "href": None}) == (key == "alation/submit/POST")

    def test_is_a_copy(self) -> None:
        """What a caller does to it stays with the caller."""
        told = jobmodels.json_schema("alation/job/GET")
        whole = copy.deepcopy(told)
        told["$defs"].clear()
        assert jobmodels.json_schema("alation/job/GET") == whole == SCHEMAS["alation/job/GET"]

    def test_of_a_class_is_that_of_its_home(self) -> None:
        """The key that stands first."""
        assert jobmodels.json_schema(JobDetailsDocumentPost) == jobmodels.json_schema("alation/document/POST")

    def test_of_a_job_is_the_shipped_one(self) -> None:
        """It describes `to_dict`."""
        assert jobmodels.json_schema(jobmodels.Job)["$id"] == "urn:jobmodels:job"

    def test_of_an_unknown_endpoint_names_near_ones(self) -> None:
        """A caller's mistake."""
        with pytest.raises(errors.NoSuchEndpoint) as caught:
            jobmodels.json_schema("alation/dokument/POST")
        assert "alation/document/POST" in caught.value.near


class TestValidate:
    @pytest.mark.parametrize(
        "payload",
        [
            {**DONE, "result": TERMS},
            {**DONE, "result": [TERMS]},
            {**DONE, "result": json.dumps(TERMS)},
            {**DONE, "result": {"detail": "Not found."}},
            {**DONE, "result": {**TERMS, "created_terms": [{"id": 1, "new": 1}, "oops", {"no": "id"}], "new": 1}},
            {"status": "running", "msg": None, "result": None},
            {"job_id": 27809},
            TERMS,
            "",
            "prose",
            None,
        ],
    )
    def test_is_silent_about_what_the_contract_foresees(self, payload: object) -> None:
        """Whatever the encoding."""
        assert said(payload) == []

    @pytest.mark.parametrize(
        ("payload", "findings"),
        [
            ({**DONE, "msg": 5}, [("/msg", "expected string or null")]),
            ({**DONE, "result": {**TERMS, "created_term_count": "1"}},
             [("/result/created_term_count", "expected integer")]),
            ({**DONE, "result": {**TERMS, "created_terms": None}}, [("/result/created_terms", "expected array")]),
            ({**TERMS, "created_term_count": True}, [("/created_term_count", "expected integer")]),
            ([{**TERMS, "created_terms": [{"id": "x"}, {"id": None}]}],
             [("/0/created_terms/0/id", "expected integer"), ("/0/created_terms/1/id", "expected integer")]),
            (json.dumps({**DONE, "result": json.dumps([json.dumps({**TERMS, "created_term_count": 1.5})])}),
             [("/result/0/created_term_count", "expected integer")]),
            ({**DONE, "result": '{"a": '}, [("/result", "text that begins as JSON: expecting value")]),
            ('{"a": [{"b~/c": 1, "b~/c": 2}]}', [("/a/0/b~0~1c", "given twice with different values")]),
            (b'{"a": 1, "a": 2}', [("/a", "given twice with different values")]),
        ],
    )  # fmt: skip
    def test_says_where_and_what_was_expected(self, payload: object, findings: list[tuple[str, str]]) -> None:
        """The path leads through JSON text, as if it were decoded."""
        assert said(payload) == findings
        assert {finding.rule for finding in jobmodels.validate(payload, "alation/document/POST")} == {"schema"}

    def test_names_all_that_is_missing(self) -> None:
        """A document that is not lifted must be of its class."""
        assert said({"type": "x"}, DataDictionaryTaskDetails) == [("", "requires id, state")]

    def test_knows_moments(self) -> None:
        """A blank may stand for the T; a zone must be there."""
        task = {"id": "u", "type": "t", "state": "s", "ts_created": "2023-08-17 11:23:19+0000", "progress": None}
        assert said(task, "alation/data-dictionary-task/GET") == []
        assert said({**task, "ts_created": "2023-08-17T11:23:19"}, DataDictionaryTaskDetails) == [
            ("/ts_created", "expected a date-time")
        ]

    def test_looks_into_text_where_an_object_is_declared(self) -> None:
        """JSON text of it will do; other text will not."""
        task = {"id": "u", "type": "t", "state": "s", "progress": '{"total_batches": 1}'}
        assert said(task, DataDictionaryTaskDetails) == []
        ((path, message),) = said({**task, "progress": "half"}, DataDictionaryTaskDetails)
        assert path == "/progress"
        assert message.startswith("expected text of the form")

    def test_takes_details(self) -> None:
        """They are written back to the wire first, so a spelling that was wrong is still wrong."""
        wrong = {**DONE, "result": [{"response": 1, "mapping": [], "errors": []}]}
        assert said(jobmodels.structure(wrong, JobDetailsRdbms), JobDetailsRdbms) == [
            ("/result/0/response", "expected string")
        ]
        right = {**DONE, "result": ['{"msg": "m", "data": {}}']}
        assert said(jobmodels.structure(right, JobDetailsCustomFieldPost), JobDetailsCustomFieldPost) == []

    def test_never_shows_a_value(self) -> None:
        """Neither of a member nor of text inside."""
        secret = "hunter2"
        wrong = {
            "status": [secret],
            "msg": {secret: 1},
            "result": '{"created_term_count": "hunter2", "created_terms": 1}',
        }
        told = repr(jobmodels.validate(wrong, "alation/document/POST"))
        assert told.count("Finding") == 4
        assert secret not in told

    def test_refuses_what_is_not_json(self) -> None:
        """The one walk at every door."""
        with pytest.raises(errors.ContractError):
            jobmodels.validate({"status": object()}, "alation/job/GET")


OWN = """
import attrs, jobmodels

own = jobmodels.System(name="own")

@own("thing/POST")
@own("thing/GET")
@attrs.frozen
class Thing:
    id: int
"""


class TestOwnPackages:
    @pytest.fixture
    def things(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
        """A single module with schemas beside it."""
        (tmp_path / "own_things.py").write_text(OWN, encoding="utf-8")
        (tmp_path / "schemas/own/thing").mkdir(parents=True)
        schema = {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"minimum": 1},
                "kind": {"enum": ["a", "b"]},
                "none": False,
                "job": {"$ref": "urn:jobmodels:alation:job:GET"},
                "few": {"maxItems": 1},
                "deep": {"$ref": "https://example.org/never-fetched.json"},
                "choice": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            },
        }
        (tmp_path / "schemas/own/thing/POST.json").write_text(json.dumps(schema), encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        import own_things  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

        yield jobmodels.collect(own_things)
        sys.modules.pop("own_things")

    def test_have_schemas_of_their_own_beside_ours(self, things: Any) -> None:
        """All keywords are told in words of the schema; ours can be referred to, and nothing is fetched."""
        wrong = {"id": 0, "kind": "hunter2", "none": 1, "job": {"status": 5}, "few": [1, 2], "choice": 5}
        assert [(finding.path, finding.message) for finding in jobmodels.validate(wrong, "own/thing/POST", things)] == [
            ("", "expected nothing here"),
            ("/choice", "does not hold anyOf"),
            ("/few", "does not hold maxItems 1"),
            ("/id", "does not hold minimum 1"),
            ("/job/status", "expected string or null"),
            ("/kind", 'does not hold enum ["a", "b"]'),
        ]
        told = jobmodels.json_schema("own/thing/POST", things)
        assert list(told["$defs"]) == ["urn:jobmodels:alation:job:GET"]
        with pytest.raises(ValidationError):
            Draft202012Validator(told).validate({"id": 1, "job": {"status": 5}})
        with pytest.raises(Exception, match="never-fetched"):
            jobmodels.validate({"id": 1, "deep": 1}, "own/thing/POST", things)

    def test_lack_a_schema_where_there_is_no_file(self, things: Any) -> None:
        """The error says where it belongs."""
        with pytest.raises(errors.NoSchema) as caught:
            jobmodels.validate({}, "own/thing/GET", things)
        assert (caught.value.key, caught.value.path) == ("own/thing/GET", "schemas/own/thing/GET.json")

    def test_lack_all_schemas_where_there_is_no_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The error is the same."""
        (tmp_path / "away").mkdir()
        (tmp_path / "away/own_bare.py").write_text(OWN, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path / "away")
        import own_bare  # type: ignore[import-not-found]  # pyright: ignore[reportMissingImports]

        with pytest.raises(errors.NoSchema):
            jobmodels.json_schema(own_bare.Thing, jobmodels.collect(own_bare))
        sys.modules.pop("own_bare")


class TestFolders:
    def test_inside_a_package_wins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As in an installed wheel; beside it as in a checkout; else there is none."""
        package = tmp_path / "own_package"
        package.mkdir()
        (package / "__init__.py").touch()
        monkeypatch.syspath_prepend(tmp_path)
        assert find_folder("own_package", "fixtures") is None
        (tmp_path / "fixtures").mkdir()
        assert find_folder("own_package", "fixtures") == (tmp_path / "fixtures").resolve()
        (package / "fixtures").mkdir()
        assert find_folder("own_package", "fixtures") == (package / "fixtures").resolve()
        sys.modules.pop("own_package")

    def test_a_module_without_a_file_has_none(self) -> None:
        """As the interpreter's own."""
        assert find_folder("sys", "schemas") is None
