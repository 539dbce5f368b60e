"""The form that a language model's answer has to have. What is in it are claims: grounding.py says which hold."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from assistant.understanding.meaning import Intent, Kind


def _each_that_fits(value: Any, fit: ValidatorFunctionWrapHandler) -> list[Any]:
    """Those of a list's items that have the form; one wrong item does not spoil the rest."""
    fits: list[Any] = []
    for item in value if isinstance(value, list) else []:
        try:
            fits += fit([item])
        except ValidationError:
            continue
    return fits


def _if_it_fits(value: Any, fit: ValidatorFunctionWrapHandler) -> Any:
    try:
        return fit(value)
    except ValidationError:
        return None


_Each = WrapValidator(_each_that_fits)
_If = WrapValidator(_if_it_fits)
_Names = Annotated[list[str], _Each]
_Place = Annotated[str | None, _If]


class _Claim(BaseModel):
    """In the schema that the model is held to, every key is required: what it may leave out, it leaves out."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class SaidSpan(_Claim):
    first: date = Field(alias="from")
    last: date = Field(alias="to")


class SaidMemory(_Claim):
    evidence: str
    about: _Names
    kind: Kind
    text: str
    when: Annotated[SaidSpan | None, _If] = None
    place: _Place = None
    sensitive: Annotated[bool | None, _If] = False


class SaidMeeting(_Claim):
    evidence: str
    people: _Names = Field(alias="with")
    on: date


class SaidDelay(_Claim):
    event: str
    days: int = Field(ge=0, le=366)


class SaidReminder(_Claim):
    evidence: str
    text: str
    about: _Names = []
    due: Annotated[str | None, _If] = None
    after: Annotated[SaidDelay | None, _If] = None
    place: _Place = None


class SaidIntroduction(_Claim):
    evidence: str
    one: str
    other: str


class SaidQuery(_Claim):
    person: _Place = None
    text: str = ""
    when: Annotated[SaidSpan | None, _If] = None
    place: _Place = None


class Answer(_Claim):
    """What a note means, as JSON."""

    intent: str = Field(json_schema_extra={"enum": list(get_args(Intent))})
    people: _Names = []
    memories: Annotated[list[SaidMemory], _Each] = []
    interaction: Annotated[SaidMeeting | None, _If] = None
    reminders: Annotated[list[SaidReminder], _Each] = []
    introductions: Annotated[list[SaidIntroduction], _Each] = []
    query: Annotated[SaidQuery | None, _If] = None
