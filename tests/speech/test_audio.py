"""Sound in memory and in files: what goes in comes out, however it is cut, and what is no sound says so."""

from __future__ import annotations

import io
import struct
import tracemalloc
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from speech.audio import (
    CHUNK_SAMPLES,
    RATE_HZ,
    AudioChunk,
    AudioFormat,
    Resampler,
    Samples,
    decode_pcm,
    encode_pcm,
    level_db,
    read_sound,
    resample,
    silence,
    write_wav,
)
from speech.errors import UnreadableSound

quick = settings(deadline=None, max_examples=60)

whole_samples = arrays(np.int16, st.integers(0, 4000))
wild_samples = arrays(np.float32, st.integers(0, 500), elements=st.floats(width=32))


def tone(seconds: float, rate_hz: int = RATE_HZ, hz: float = 440.0, loudness: float = 0.5) -> Samples:
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    return (loudness * np.sin(2 * np.pi * hz * times)).astype(np.float32)


def wav_bytes(samples: Samples, rate_hz: int = RATE_HZ, width: int = 2, channels: int = 1) -> bytes:
    full = 2 ** (8 * width - 1) - 1
    if width == 1:
        whole = (samples * full + 128).astype(np.uint8)
    elif width == 3:
        whole = (samples * full).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].copy()
    else:
        whole = (samples * full).astype(f"<i{width}")
    every_channel = np.repeat(whole.reshape(len(samples), 1, width if width == 3 else 1), channels, axis=1)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((channels, width, rate_hz, 0, "NONE", ""))
        out.writeframes(every_channel.tobytes())
    return file.getvalue()


def encoded(samples: Samples, container: str, codec: str, rate_hz: int) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate_hz)
        stream.layout = "mono"
        resampler = av.AudioResampler(stream.format.name, "mono", rate_hz)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), "flt", "mono")
        frame.sample_rate = RATE_HZ
        for ready in [*resampler.resample(frame), *resampler.resample(None)]:
            ready.pts = None
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    return file.getvalue()


def heard(source: bytes | str | Path) -> Samples:
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    return np.concatenate([chunk.samples for chunk in read_sound(file)])


def pitch_hz(samples: Samples) -> float:
    return float(np.argmax(np.abs(np.fft.rfft(samples)))) * RATE_HZ / len(samples)


@quick
@given(whole_samples)
def test_pcm_comes_back_as_it_was(samples):
    assert encode_pcm(decode_pcm(samples.tobytes(), AudioFormat())) == samples.tobytes()


@quick
@given(wild_samples)
def test_whatever_is_encoded_is_sound(samples):
    back = decode_pcm(encode_pcm(samples), AudioFormat())
    assert len(back) == len(samples)
    assert np.all(np.isfinite(back))
    assert np.all(np.abs(back) <= 1)
    tame = np.isfinite(samples) & (np.abs(samples) < 0.99)
    np.testing.assert_allclose(back[tame], samples[tame], atol=1 / 32768)


@quick
@given(
    st.binary(max_size=600),
    st.sampled_from([1, 2, 3, 4]),
    st.integers(1, 8),
)
def test_any_bytes_are_some_sound(data, width, channels):
    samples = decode_pcm(data, AudioFormat(16_000, width, channels))
    assert samples.dtype == np.float32
    assert len(samples) == len(data) // (width * channels)
    assert np.all(np.abs(samples) <= 1)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_every_width_has_the_same_scale(width):
    half = struct.pack("<i", 2**30)[4 - width :]
    assert decode_pcm(half, AudioFormat(16_000, width)) == pytest.approx([0.5])


def test_channels_are_averaged():
    left_right = np.array([[16384, -16384], [16384, 0]], "<i2").tobytes()
    assert decode_pcm(left_right, AudioFormat(channels=2)) == pytest.approx([0.0, 0.25])


@pytest.mark.parametrize("odd", [AudioFormat(width_bytes=5), AudioFormat(channels=0), AudioFormat(rate_hz=0)])
def test_formats_that_are_none(odd):
    with pytest.raises(UnreadableSound):
        decode_pcm(b"1234", odd)
    with pytest.raises(UnreadableSound):
        Resampler(odd)


@quick
@given(
    st.sampled_from([8_000, 16_000, 22_050, 44_100, 48_000]),
    st.sampled_from([1, 2, 3, 4]),
    st.integers(1, 2),
    st.lists(st.integers(0, 3000), max_size=12),
)
def test_a_stream_is_the_same_however_it_is_cut(rate_hz, width, channels, cuts):
    data = np.random.default_rng(rate_hz + width).integers(0, 60, 9001, dtype=np.uint8).tobytes()
    format = AudioFormat(rate_hz, width, channels)
    at_once = Resampler(format)
    wanted = np.concatenate((at_once.feed(data).samples, at_once.end().samples))
    cut = Resampler(format)
    parts, start = [], 0
    for length in [*cuts, len(data)]:
        parts.append(cut.feed(data[start : start + length]).samples)
        start += length
    parts.append(cut.end().samples)
    got = np.concatenate(parts)
    np.testing.assert_allclose(got, wanted, atol=1e-6)
    frames = len(data) // (width * channels)
    assert abs(len(got) - frames * RATE_HZ / rate_hz) <= 2
    assert np.all(np.isfinite(got))


def test_another_rate_is_the_same_sound():
    chunks = [AudioChunk(part, 22_050) for part in np.array_split(tone(1.0, 22_050), 7)]
    out = list(resample(chunks, 48_000))
    assert {chunk.rate_hz for chunk in out} == {48_000}
    assert sum(chunk.seconds for chunk in out) == pytest.approx(1.0, abs=0.001)
    back = np.concatenate([chunk.samples for chunk in resample(out)])
    assert np.mean(np.abs(back[1000:-1000] - tone(1.0)[1000 : len(back) - 1000])) < 0.01


def test_a_stream_may_not_change_its_rate():
    with pytest.raises(ValueError, match="22050"):
        list(resample([silence(0.1), silence(0.1, 22_050)], 8_000))
    with pytest.raises(ValueError, match="22050"):
        write_wav(io.BytesIO(), [silence(0.1), silence(0.1, 22_050)])


@pytest.mark.parametrize(
    ("rate_hz", "width", "channels"),
    [
        (16_000, 2, 1),
        (8_000, 1, 1),
        (44_100, 2, 2),
        (48_000, 3, 1),
        (96_000, 4, 2),
        (22_050, 2, 3),
        (48_000, 2, 6),
        (16_000, 2, 10),
    ],
)
def test_wavs_of_every_form(rate_hz, width, channels):
    samples = heard(wav_bytes(tone(1.0, rate_hz), rate_hz, width, channels))
    assert len(samples) == pytest.approx(RATE_HZ, abs=2)
    assert pitch_hz(samples) == pytest.approx(440, abs=2)
    assert np.max(np.abs(samples)) == pytest.approx(0.5, abs=0.02)


def test_float_wavs_with_nonsense_in_them():
    data = tone(1.0)
    data[100] = np.nan
    header = b"RIFF" + struct.pack("<I", 36 + data.nbytes) + b"WAVEfmt "
    header += struct.pack("<IHHIIHH", 16, 3, 1, RATE_HZ, RATE_HZ * 4, 4, 32)
    samples = heard(header + b"data" + struct.pack("<I", data.nbytes) + data.tobytes())
    assert len(samples) == RATE_HZ
    assert np.all(np.isfinite(samples))


@pytest.mark.parametrize(
    ("container", "codec", "rate_hz"),
    [
        ("flac", "flac", 16_000),
        ("mp3", "libmp3lame", 44_100),
        ("mp4", "aac", 48_000),
        ("webm", "libopus", 48_000),
        ("ogg", "libopus", 48_000),
    ],
)
def test_compressed_files(container, codec, rate_hz):
    data = encoded(tone(2.0), container, codec, rate_hz)
    samples = heard(data)
    assert len(samples) == pytest.approx(2 * RATE_HZ, abs=0.1 * RATE_HZ)
    assert pitch_hz(samples) == pytest.approx(440, abs=2)
    if container != "mp4":  # has its table of contents at the end
        half = heard(data[: len(data) // 2])
        assert 0.3 * RATE_HZ < len(half) < 1.5 * RATE_HZ


def test_chunks_are_80_ms_and_the_last_one_shorter():
    lengths = [len(chunk.samples) for chunk in read_sound(io.BytesIO(wav_bytes(tone(0.3))))]
    assert lengths == [CHUNK_SAMPLES] * 3 + [960]
    assert all(chunk.rate_hz == RATE_HZ for chunk in read_sound(io.BytesIO(wav_bytes(tone(0.3)))))


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
def test_a_wav_whose_header_was_never_finished(size):
    data = wav_bytes(tone(1.0))
    unfinished = data[:4] + struct.pack("<I", size) + data[8:40] + struct.pack("<I", size) + data[44:]
    assert len(heard(unfinished)) == RATE_HZ


def test_a_wav_cut_off_in_the_middle(tmp_path):
    path = tmp_path / "cut.wav"
    path.write_bytes(wav_bytes(tone(1.0))[:20_001])
    assert len(heard(path)) == pytest.approx((20_001 - 44) // 2, abs=1)


@pytest.mark.parametrize(
    ("container", "codec", "left_seconds"),
    [("flac", "flac", 3.5), ("mp3", "libmp3lame", 3.5), ("webm", "libopus", 1.5)],
)
def test_a_file_damaged_in_the_middle(container, codec, left_seconds):
    data = bytearray(encoded(tone(4.0), container, codec, 48_000))
    middle = len(data) // 2
    data[middle : middle + 200] = np.random.default_rng(3).bytes(200)
    assert len(heard(bytes(data))) > left_seconds * RATE_HZ


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"dear diary, today I met Joan\n" * 50,
        b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n",
        b"ffconcat version 1.0\nfile 'secret.wav'\n",
        wav_bytes(tone(0.0)),
        wav_bytes(tone(1.0))[:20],
        np.random.default_rng(1).bytes(50_000),
    ],
    ids=["zero bytes", "text", "playlist", "concat", "header only", "half a header", "noise"],
)
def test_files_without_sound(content, tmp_path):
    for name in ("note.wav", "note.txt"):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(UnreadableSound) as told:
            next(read_sound(path))
        assert str(path) in str(told.value)
        assert "\n" not in str(told.value)
    with pytest.raises(UnreadableSound):
        next(read_sound(io.BytesIO(content)))


def test_a_playlist_opens_no_other_file(tmp_path):
    (tmp_path / "secret.wav").write_bytes(wav_bytes(tone(1.0)))
    listing = tmp_path / "list.txt"
    listing.write_text("ffconcat version 1.0\nfile 'secret.wav'\n")
    with pytest.raises(UnreadableSound):
        list(read_sound(listing))


def test_a_picture_has_no_sound(tmp_path):
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        out.mux(stream.encode(None))
    with pytest.raises(UnreadableSound, match="no sound"):
        next(read_sound(path))


def test_folders_and_missing_files(tmp_path):
    for path in (tmp_path, tmp_path / "none.wav"):
        with pytest.raises(UnreadableSound, match="cannot be opened"):
            next(read_sound(path))


def test_a_long_file_takes_little_memory(tmp_path):
    path = tmp_path / "long.wav"
    minute = AudioChunk(tone(60.0))
    write_wav(path, (minute for _ in range(8)))
    tracemalloc.start()
    seconds = sum(chunk.seconds for chunk in read_sound(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds == pytest.approx(8 * 60)
    assert peak < 5_000_000


@quick
@given(st.lists(whole_samples, max_size=5), st.sampled_from([8_000, 16_000, 22_050]))
def test_what_is_written_is_there(parts, rate_hz):
    file = io.BytesIO()
    write_wav(file, [AudioChunk((part / 32768).astype(np.float32), rate_hz) for part in parts])
    file.seek(0)
    with wave.open(file) as read:
        assert (read.getnchannels(), read.getsampwidth()) == (1, 2)
        assert read.getframerate() == (rate_hz if parts else RATE_HZ)
        assert read.readframes(read.getnframes()) == b"".join(part.tobytes() for part in parts)


def test_levels():
    assert level_db(np.ones(100, np.float32)) == pytest.approx(0.0)
    assert level_db(tone(1.0, loudness=1.0)) == pytest.approx(-3.01, abs=0.01)
    assert level_db(silence(1.0).samples) == -120.0
    assert level_db(np.zeros(0, np.float32)) == -120.0
    assert silence(1.5).seconds == 1.5
