"""Speech to text on another machine, over Wyoming; by the engine here while that one is slow or gone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop

from speech.audio import CHUNK_SAMPLES, RATE_HZ, Samples, encode_pcm
from speech.stt import SpeechToText, Utterance
from speech.stt.pieces import hear_all, somebody_spoke
from speech.vad import SileroVoiceActivity, VoiceActivity
from speech.wyoming import PCM, Away, Service

ANSWER_SECONDS = 5.0
ANSWER_SECONDS_A_SECOND = 0.5
"""How long an answer may take, and how much longer for each second of sound. Then this machine is quicker."""


class WyomingStt:
    """``local``: what transcribes when the other machine does not."""

    def __init__(
        self,
        service: Service,
        local: SpeechToText,
        language: str = "en",
        voices: VoiceActivity | None = None,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self.service = service
        self.local = local
        self.name = f"Wyoming at {self.service.address}"
        self._language = language
        self._voices = voices or SileroVoiceActivity()
        self._answer_seconds = answer_seconds

    def transcribe(self, samples: Samples, names: Sequence[str] = ()) -> Utterance:
        """See SpeechToText.transcribe. Sound in which nobody speaks is not sent: most engines invent words for it."""
        if not somebody_spoke(hear_all(self._voices, samples)):
            return Utterance("", self._language, None, len(samples) / RATE_HZ)
        if self.service.there:
            with suppress(Away):
                return self._ask(samples, names)
        return self.local.transcribe(samples, names)

    def _ask(self, samples: Samples, names: Sequence[str]) -> Utterance:
        seconds = len(samples) / RATE_HZ
        with self.service.asked(self._answer_seconds + ANSWER_SECONDS_A_SECOND * seconds) as connection:
            connection.send(Transcribe(language=self._language, transcript_names=list(names) or None))
            connection.send(AudioStart(**PCM))
            pieces = (samples[at : at + CHUNK_SAMPLES] for at in range(0, len(samples), CHUNK_SAMPLES))
            connection.send(*(AudioChunk(**PCM, audio=encode_pcm(piece)) for piece in pieces))
            connection.send(AudioStop())
            while not Transcript.is_type((event := connection.receive()).type):
                pass
            text, language = event.data.get("text"), event.data.get("language")
            if not isinstance(text, str):
                raise Away(f"{self.name} gave a transcript without text.")
            return Utterance(" ".join(text.split()), str(language or self._language), None, seconds)
