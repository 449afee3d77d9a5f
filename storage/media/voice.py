"""Every voice message becomes one MP3: what each browser, Telegram and WeChat play alike."""

import io
import math
from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from domain.media import MP3, Limits, MediaRefused, too_long, wrong_kind
from storage.media.made import Made
from storage.media.recordings import HEARD, codec_of, declared_seconds, sound_of

RATE = 24_000  # Hz: all of a voice
# A header that claims one sample a second, or four thousand million, would have the resampler eat all memory.
RATES = range(4_000, 192_001)
CHANNELS = 8
BITS = 48_000  # a second, constant, so that players know the length without an index
# Nothing but frames: no tags, no index frame with the encoder's name, the same bytes each time.
_BARE = {"id3v2_version": "0", "write_xing": "0", "fflags": "+bitexact"}


def make_voice(container: InputContainer, limits: Limits) -> Made:
    """The recording as mono MP3 without metadata.

    Raises MediaRefused `media.too_long` or `media.broken` (nothing in it that can be heard). EXPERIENCE 20.
    """
    stream = sound_of(container)
    if stream is None:
        raise MediaRefused("media.broken", kind="voice")
    if codec_of(stream) not in HEARD:
        raise wrong_kind("voice")
    if declared_seconds(container) > limits.voice_seconds + 1:
        raise too_long("voice", limits)
    out = io.BytesIO()
    with av.open(out, "w", format="mp3", options=_BARE) as target:
        samples = _transcode(_frames(container, stream), target, limits)
    if samples == 0:
        raise MediaRefused("media.broken", kind="voice")
    return Made(out.getvalue(), "voice", MP3, seconds=math.ceil(samples / RATE))


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """What can be decoded; a lost packet costs a syllable, more bad ones than good the recording."""
    good = bad = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            bad += 1
            continue
        good += 1
        for frame in frames:
            if isinstance(frame, AudioFrame):
                yield frame
    if bad > good:
        raise MediaRefused("media.broken", kind="voice")


def _transcode(frames: Iterator[AudioFrame], target: OutputContainer, limits: Limits) -> int:
    """Writes the frames as MP3; returns how many samples were written."""
    encoder = target.add_stream("libmp3lame", rate=RATE, layout="mono")
    encoder.bit_rate = BITS
    encoder.codec_context.open()
    fit = AudioResampler(
        format=encoder.codec_context.format,
        layout="mono",
        rate=RATE,
        frame_size=encoder.codec_context.frame_size,
    )
    samples = 0
    for frame in _resampled(_measured(frames, limits), fit):
        samples += frame.samples
        frame.pts = None
        target.mux(encoder.encode(frame))
    if samples:
        target.mux(encoder.encode(None))
    return samples


def _measured(frames: Iterator[AudioFrame], limits: Limits) -> Iterator[AudioFrame]:
    """The frames until they last too long: counted before they are resampled, when they are still small."""
    seconds = 0.0
    for frame in frames:
        if frame.sample_rate not in RATES or frame.layout.nb_channels > CHANNELS:
            raise MediaRefused("media.broken", kind="voice")
        seconds += frame.samples / frame.sample_rate
        if seconds > limits.voice_seconds + 1:
            raise too_long("voice", limits)
        yield frame


def _resampled(frames: Iterator[AudioFrame], fit: AudioResampler) -> Iterator[AudioFrame]:
    heard = False
    for frame in frames:
        heard = True
        frame.pts = None  # a recorder's gaps and jumps in time are not sound
        yield from fit.resample(frame)
    if heard:
        yield from fit.resample(None)
