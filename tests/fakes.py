"""Small real stand-ins: they do what the real thing does, scripted, and record what was asked of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from satellites.satellite import Turn
from speech.audio import AudioChunk, Samples, silence
from speech.stt import Utterance


class SpeakingSatellite:
    """Takes the turns it is given, and records how many seconds it was made to say."""

    def __init__(self, name: str, turns: Iterable[Iterable[AudioChunk]] = (), memo: bool = True) -> None:
        self.name = name
        self.said_seconds: list[float] = []
        self._turns = turns
        self._memo = memo

    async def turns(self) -> AsyncIterator[Turn]:
        for sound in self._turns:
            yield Turn(self, _each(sound), memo=self._memo)

    async def play(self, speech: AsyncIterator[AudioChunk], then_listen: bool = False) -> None:
        self.said_seconds.append(sum([chunk.seconds async for chunk in speech]))


class ScriptedEars:
    """Transcribes every sound as the next of its texts; an exception in their place is raised."""

    name = "scripted"

    def __init__(self, *texts: str | Exception) -> None:
        self._texts = list(texts)
        self.heard: list[tuple[float, Sequence[str]]] = []

    def transcribe(self, samples: Samples, names: Sequence[str] = ()) -> Utterance:
        self.heard.append((len(samples) / 16_000, names))
        text = self._texts.pop(0)
        if isinstance(text, Exception):
            raise text
        return Utterance(text, "en", None, len(samples) / 16_000)


async def _each(sound: Iterable[AudioChunk]) -> AsyncIterator[AudioChunk]:
    for chunk in sound:
        yield chunk


class Reader:
    """A voice that is quick: a tenth of a second of sound for every text, which it records."""

    name = "reader"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def speak(self, text: str) -> Iterator[AudioChunk]:
        self.texts.append(text)
        yield silence(0.1)
