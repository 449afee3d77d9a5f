"""Opens sound and film with only the demuxers and decoders we know, and says whether it is voice or video."""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import av
from av.audio.stream import AudioStream
from av.codec.context import CodecContext
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from domain.media import Kind, Limits, MediaRefused
from storage.media.kinds import Form

# Damage as PyAV reports it; FFmpegError covers the decoders, the rest comes from its own wrappers.
DAMAGE = (av.FFmpegError, OSError, ValueError, LookupError, OverflowError, MemoryError, struct.error)

HEARD = (
    "opus",
    "libopus",
    "vorbis",
    "aac",
    "mp3",
    "mp3float",
    "amrnb",
    "libopencore_amrnb",
    "amrwb",
    "pcm_s16le",
    "pcm_u8",
)
SEEN = ("h264", "hevc", "vp8", "vp9", "libvpx", "libvpx-vp9", "av1", "libdav1d")


@contextmanager
def opened(data: bytes, form: Form, limits: Limits) -> Iterator[InputContainer]:
    """The file in the demuxer its own bytes call for; never one that could open other files or addresses."""
    options = {
        "codec_whitelist": ",".join((*HEARD, *SEEN)),
        "protocol_whitelist": "none",
        "max_pixels": str(limits.video_pixels),
        "threads": "1",
    }
    source = io.BytesIO(_bare_wav(data) if form is Form.WAV else data)
    try:
        with av.open(source, "r", format=form.value, options=options) as container:
            yield container
    except DAMAGE as damage:
        raise MediaRefused("media.broken", kind="voice" if form is not Form.MP4 else "video") from damage


def _bare_wav(data: bytes) -> bytes:
    """Only format and sound: the demuxer would make room for whatever length a label claims to have."""
    chunks, at = b"", 12
    while at + 8 <= len(data):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if name in (b"fmt ", b"data"):
            body = data[at + 8 : at + 8 + length]
            chunks += name + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2)
        if name == b"data":
            break
        at += 8 + length + length % 2
    return b"RIFF" + (len(chunks) + 4).to_bytes(4, "little") + b"WAVE" + chunks


def film_of(container: InputContainer) -> VideoStream | None:
    """The moving picture; a cover picture inside a sound file is none."""
    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def sound_of(container: InputContainer) -> AudioStream | None:
    """The first sound track, or None where there is none."""
    return next(iter(container.streams.audio), None)


def kind_of(container: InputContainer) -> Kind | None:
    """Voice or video; None when it holds neither."""
    if film_of(container) is not None:
        return "video"
    return None if sound_of(container) is None else "voice"


def codec_of(stream: Stream) -> str:
    """The decoder's name; empty where the file names a codec nobody knows."""
    context: CodecContext | None = stream.codec_context  # PyAV's types leave the None out
    return "" if context is None else context.name


def first_frame(data: bytes, form: Form, limits: Limits) -> VideoFrame:
    """What is seen first; decoding it proves there is a film at all. Raises MediaRefused `media.broken`."""
    with opened(data, form, limits) as container:
        film = film_of(container)
        if film is not None and codec_of(film) in SEEN:
            for frame in container.decode(film):
                return frame
    raise MediaRefused("media.broken", kind="video")


def declared_seconds(container: InputContainer) -> float:
    """The length the header promises, 0 where it promises none (as browsers' recordings do)."""
    return (container.duration or 0) / av.time_base
