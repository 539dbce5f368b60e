"""eSpeak NG (GPL-3.0-or-later): small, instant, always there, all of it in the wheel of ``espeakng-loader``.

It speaks some 1,500 times faster than real time, so a sentence is made whole within a few milliseconds.
The library has one voice for the whole process: it is set anew, under a lock, for each sentence.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from speech.audio import AudioChunk, AudioFormat, decode_pcm
from speech.errors import EngineFailed, EngineMissing
from speech.tts.sentences import sentences

# From espeak-ng's speak_lib.h
_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARACTERS_UTF8 = 1
_POSITION_CHARACTER = 1
_PARAMETER_RATE = 1
_PARAMETER_PITCH = 3
_OK = 0

_BUFFER_MS = 50
_LONGEST_SECONDS = 120
"""No sentence of 400 characters takes as long; what does is gone astray and is cut off."""

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _Voice(ctypes.Structure):
    """espeak_VOICE."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class Espeak:
    """A voice of eSpeak's: the name of its file or its language, and a variant, as "en-gb" or "en-us+f3"."""

    def __init__(self, voice: str = "en-gb-x-rp", words_per_minute: int = 140, pitch: int = 40) -> None:
        """``words_per_minute``: 80 to 450; ``pitch``: 0 to 100, 50 being the voice's own.

        Of 24 ways to say 16 sentences, Moonshine understands this one best: 10% of the words wrong, against
        13 to 17% for plain en-gb and 10 to 17% for en-us; faster and higher is worse.
        """
        self.name = f"eSpeak NG {voice}"
        self._voice = voice
        self._words_per_minute = words_per_minute
        self._pitch = pitch

    def speak(self, text: str) -> Iterator[AudioChunk]:
        """See TextToSpeech.speak. Raises EngineFailed for a voice that eSpeak does not know."""
        for sentence in sentences(text):
            library = _Library.get()
            sound = library.synthesize(sentence, self._voice, self._words_per_minute, self._pitch)
            if len(sound.samples):
                yield sound


class _Library:
    """The one copy of eSpeak in this process."""

    _instance: _Library | None = None
    _lock = threading.Lock()

    def __init__(self) -> None:
        try:
            import espeakng_loader

            self._espeak: Any = ctypes.CDLL(espeakng_loader.get_library_path())
            data = espeakng_loader.get_data_path()
        except (ImportError, OSError, RuntimeError) as err:
            raise EngineMissing(f"eSpeak NG is not here ({err}).", "pip install espeakng-loader") from err
        self._espeak.espeak_Synth.argtypes = [
            ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int, ctypes.c_uint, ctypes.c_uint,
            ctypes.c_void_p, ctypes.c_void_p,
        ]  # fmt: skip
        self._espeak.espeak_GetCurrentVoice.restype = ctypes.POINTER(_Voice)
        self._rate_hz: int = self._espeak.espeak_Initialize(
            _OUTPUT_SYNCHRONOUS, _BUFFER_MS, str(data).encode(), _INITIALIZE_DONT_EXIT
        )
        if self._rate_hz <= 0:
            raise EngineFailed(f"eSpeak NG could not read its voices in {data}")
        self._heard = bytearray()
        self._callback = _CALLBACK(self._take)  # must live as long as the library
        self._espeak.espeak_SetSynthCallback(self._callback)

    @classmethod
    def get(cls) -> _Library:
        with cls._lock:
            if cls._instance is None:
                cls._instance = cls()
            return cls._instance

    def synthesize(self, sentence: str, voice: str, words_per_minute: int, pitch: int) -> AudioChunk:
        text = sentence.encode() + b"\0"
        with self._lock:
            self._choose(voice)
            self._espeak.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)
            self._espeak.espeak_SetParameter(_PARAMETER_PITCH, pitch, 0)
            self._heard.clear()
            status = self._espeak.espeak_Synth(text, len(text), 0, _POSITION_CHARACTER, 0, _CHARACTERS_UTF8, None, None)
            self._espeak.espeak_Synchronize()
            if status != _OK:
                raise EngineFailed(f"eSpeak NG could not speak (status {status})")
            return AudioChunk(decode_pcm(bytes(self._heard), AudioFormat(self._rate_hz)), self._rate_hz)

    def _choose(self, voice: str) -> None:
        """By the name of its file, as "en-us+f3", or by its language: "en-gb" is in a file called "en"."""
        if self._espeak.espeak_SetVoiceByName(voice.encode()) == _OK:
            return
        language, plus, variant = voice.partition("+")
        wanted = _Voice(languages=language.encode())
        if self._espeak.espeak_SetVoiceByProperties(ctypes.byref(wanted)) != _OK:
            raise EngineFailed(f"eSpeak NG knows no voice {voice!r}; try en-gb or en-us.")
        if plus:
            chosen = self._espeak.espeak_GetCurrentVoice().contents.identifier
            self._espeak.espeak_SetVoiceByName(chosen + b"+" + variant.encode())

    def _take(self, wave: Any, length: int, _events: Any) -> int:
        """Called by the library with 16-bit samples; a 1 in return ends the sentence there."""
        if wave and length > 0:
            self._heard += ctypes.string_at(wave, length * np.dtype(np.int16).itemsize)
        return int(len(self._heard) > _LONGEST_SECONDS * self._rate_hz * 2)
