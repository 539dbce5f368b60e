"""A phone is let in: a code that is shown on Fondly's own computer is exchanged, once, for a token of its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates

from assistant.web.gate import COOKIE, is_encrypted, is_here

router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(Path(__file__).parent / "templates")
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another
_LENGTH = 10  # 31 ** 10: 49 bits
_LASTS = timedelta(minutes=10)
_MOST_TRIES = 5
_COOKIE_SECONDS = 400 * 86_400  # the longest that browsers keep one; renewed at every visit


class Codes:
    """One code at a time, good for one phone, ten minutes and five tries."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._code: str | None = None
        self._until = clock()
        self._tries = 0

    def new(self) -> str:
        self._code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        self._until = self._clock() + _LASTS
        self._tries = 0
        return self._code

    def use(self, code: str) -> bool:
        """Whether it is the code. It is used up then, and after so many wrong ones."""
        if self._code is None or self._clock() >= self._until:
            return False
        self._tries += 1
        right = secrets.compare_digest(code.strip().casefold().encode(), self._code.encode())
        if right or self._tries >= _MOST_TRIES:
            self._code = None
        return right


@router.post("/api/pairing")
async def new_code(request: Request) -> dict[str, object]:
    """A new code, for whoever sits at this computer: ``{"code", "addresses"}``."""
    if not is_here(request):
        raise HTTPException(403, "A code is only shown on Fondly's own computer.")
    return {"code": request.app.state.codes.new(), "addresses": request.app.state.addresses}


@router.get("/pair")
async def pair_page(request: Request, code: str = "") -> Response:
    return _page(request, code)


@router.post("/pair")
async def pair(
    request: Request, code: Annotated[str, Form(max_length=100)], name: Annotated[str, Form(max_length=60)] = ""
) -> Response:
    if not request.app.state.codes.use(code):
        return _page(request, "", name, wrong=True)
    _, token = request.app.state.paired.add(" ".join(name.split()) or "phone")
    answer = RedirectResponse("/talk", 303)
    set_token(request, answer, token)
    return answer


def set_token(request: Request, answer: Response, token: str) -> None:
    """Scripts cannot read it, and pages of other sites cannot make use of it."""
    answer.set_cookie(
        COOKIE, token, max_age=_COOKIE_SECONDS, httponly=True, samesite="lax", secure=is_encrypted(request)
    )


def _page(request: Request, code: str, name: str = "", wrong: bool = False) -> Response:
    given = {"code": code[:100], "name": name, "wrong": wrong}
    return _templates.TemplateResponse(
        request,
        "pair.html",
        given,
        status_code=403 if wrong else 200,
        headers={"Referrer-Policy": "same-origin", "Cache-Control": "no-store"},
    )
