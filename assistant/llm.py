"""A language model that Ollama serves: what it is asked, and what can come of asking."""

from __future__ import annotations

import asyncio
from typing import Any

from assistant.errors import FondlyError

_LOOK_SECONDS = 3.0  # how long doctor waits for a host to say what it has
_NO_OLLAMA = (ValueError, TypeError, AttributeError, RecursionError)  # what its client makes of other answers
_OPTIONS = {"temperature": 0, "num_ctx": 8192, "num_predict": 2048}


class ModelAway(FondlyError):
    """The host or the model is not there now: worth asking again later."""


class ModelSlow(ModelAway):
    """It is there, and this was too much for it in the time it has."""


class ModelUnfit(FondlyError):
    """It answered, and not in a way that can be used: asking again brings the same."""


class Ollama:
    """One model of one Ollama host. Each question has ``seconds`` in all, however the answer trickles in."""

    def __init__(self, model: str, url: str, seconds: float) -> None:
        self.name = model
        self.url = url
        self._seconds = seconds

    async def answer(self, instructions: str, words: str, schema: dict[str, Any]) -> str:
        """What the model says to ``words``, held to the JSON schema. Raises ModelAway, ModelSlow or ModelUnfit."""
        import httpx
        import ollama

        patience = httpx.Timeout(self._seconds, connect=min(_LOOK_SECONDS, self._seconds))
        messages = [{"role": "system", "content": instructions}, {"role": "user", "content": words}]
        try:
            async with (
                asyncio.timeout(self._seconds),
                # A redirect would carry what was said to a host that nobody set.
                ollama.AsyncClient(host=self.url, timeout=patience, follow_redirects=False) as client,
            ):
                said = await client.chat(self.name, messages, think=False, format=schema, options=_OPTIONS)
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as err:
            raise ModelAway(f"Ollama at {self.url} does not answer.") from err
        except (TimeoutError, httpx.TimeoutException) as err:
            raise ModelSlow(f"{self.name} did not answer within {self._seconds:g} seconds.") from err
        except ollama.ResponseError as err:
            raise self._refused(err.status_code, err.error) from err
        except httpx.HTTPError as err:
            raise ModelSlow(f"Ollama at {self.url} broke off: {err}") from err
        except (*_NO_OLLAMA, httpx.InvalidURL) as err:
            raise ModelUnfit(f"{self.url} does not answer as Ollama does: check ollama_url.") from err
        return said.message.content or ""

    def trouble(self) -> str | None:
        """Why the model cannot be asked now, in a few words; None when it is there."""
        import httpx
        import ollama

        try:
            with ollama.Client(host=self.url, timeout=_LOOK_SECONDS) as client:
                here = {model.model for model in client.list().models}
        except (ConnectionError, httpx.HTTPError, httpx.InvalidURL, ollama.ResponseError):
            return f"Ollama at {self.url} does not answer"
        except _NO_OLLAMA:
            return f"{self.url} does not answer as Ollama does"
        return None if here & {self.name, f"{self.name}:latest"} else f"Ollama at {self.url} does not have it"

    def _refused(self, status: int, why: str) -> FondlyError:
        if status == 404:
            return ModelAway(f"Ollama at {self.url} does not have {self.name}: ollama pull {self.name}")
        if status in {408, 429} or status >= 500:
            return ModelSlow(f"{self.name} cannot answer now: {why[:200]}")
        return ModelUnfit(f"{self.name} cannot be used for this: {why[:200]}")
