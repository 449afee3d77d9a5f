"""Videos are not encoded again but packed anew: the same picture and sound, none of the labels."""

from __future__ import annotations  # PyAV's Packet takes its type argument only in annotations

import io
import math
from dataclasses import dataclass, field

import av
from av.audio.stream import AudioStream
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from domain.media import MP4, WEBM, Limits, MediaRefused, too_big, too_long, wrong_kind
from storage.media.images import shrink
from storage.media.kinds import Form
from storage.media.made import Made
from storage.media.recordings import codec_of, declared_seconds, film_of, first_frame, sound_of


@dataclass(frozen=True, slots=True)
class Box:
    """A container browsers play, with the codecs it may hold."""

    name: str
    mime: str
    sounds: frozenset[str]


_MP4 = Box("mp4", MP4, frozenset({"aac", "mp3", "mp3float", "opus", "libopus"}))
_WEBM = Box("webm", WEBM, frozenset({"opus", "libopus"}))
_BOXES = {"h264": _MP4, "hevc": _MP4, "vp8": _WEBM, "vp9": _WEBM, "av1": _WEBM, "libdav1d": _WEBM}
_BOXES |= {"libvpx": _WEBM, "libvpx-vp9": _WEBM}
# Drones and dash cameras write positions into the picture's own side messages (SEI): those go too.
_SIDE_MESSAGES = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}


def check_film(container: InputContainer, limits: Limits) -> tuple[VideoStream, AudioStream | None, Box]:
    """Picture, sound and the box both fit in.

    Raises MediaRefused `media.wrong_kind` (codecs no browser plays), `media.too_long`, `media.too_big` or
    `media.broken`.
    """
    film, sound = film_of(container), sound_of(container)
    if film is None:
        raise MediaRefused("media.broken", kind="video")
    box = _BOXES.get(codec_of(film))
    if box is None or (sound is not None and codec_of(sound) not in box.sounds):
        raise wrong_kind("video")
    _check_size(container, film, limits)
    return film, sound, box


def make_video(container: InputContainer, limits: Limits, first: VideoFrame) -> Made:
    """The video, `first` being its first frame, packed anew as MP4 or WebM without metadata.

    Chapters, data tracks and side messages stay behind too. Raises MediaRefused as `check_film` does.
    EXPERIENCE 20, TRUST 24.
    """
    film, sound, box = check_film(container, limits)
    out = io.BytesIO()
    options = {"fflags": "+bitexact"}
    with av.open(out, "w", format=box.name, container_options=options) as target:
        seconds = _repack(container, target, [film] if sound is None else [film, sound], limits)
    width, height = shown_size(first)
    return Made(out.getvalue(), "video", box.mime, width, height, math.ceil(seconds))


def shown_size(frame: VideoFrame) -> tuple[int, int]:
    """Width and height as people see it: a phone held upright films lying frames and says so."""
    return (frame.height, frame.width) if abs(frame.rotation) % 180 == 90 else (frame.width, frame.height)


def make_poster(data: bytes, form: Form, edge: int, limits: Limits) -> bytes:
    """A JPEG of the first frame, upright, its longest edge at most `edge` pixels."""
    frame = first_frame(data, form, limits)
    picture: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]  # PyAV leaves this one untyped
    return shrink(picture.rotate(frame.rotation, expand=True), edge)


def _check_size(container: InputContainer, film: VideoStream, limits: Limits) -> None:
    if film.width * film.height == 0:
        raise MediaRefused("media.broken", kind="video")
    if film.width * film.height > limits.video_pixels:
        raise too_big("video", limits)
    if declared_seconds(container) > limits.video_seconds + 1:
        raise too_long("video", limits)


@dataclass(slots=True)
class _Span:
    """From the first moment of a video to its last, in seconds."""

    start: float = math.inf
    end: float = -math.inf

    def add(self, packet: Packet[Stream]) -> None:
        if packet.pts is not None and packet.time_base is not None:
            self.start = min(self.start, float(packet.pts * packet.time_base))
            self.end = max(self.end, float((packet.pts + (packet.duration or 0)) * packet.time_base))

    @property
    def seconds(self) -> float:
        return max(self.end - self.start, 0.0)


@dataclass(slots=True)
class _Lane:
    """One track on its way from the old container to the new one."""

    to: Stream
    clean: BitStreamFilterContext | None
    packets: int = field(default=0)

    def passed(self, packet: Packet[Stream]) -> list[Packet[Stream]]:
        self.packets += 1
        cleaned = [packet] if self.clean is None else self.clean.filter(packet)
        for one in cleaned:
            one.stream = self.to
        return cleaned


def _repack(source: InputContainer, target: OutputContainer, streams: list[Stream], limits: Limits) -> float:
    """Moves the packets over; returns the length in seconds."""
    lanes = {stream.index: _lane(stream, target) for stream in streams}
    span = _Span()
    for packet in source.demux(streams):
        if packet.dts is None:  # the demuxer's flush
            continue
        if packet.is_corrupt:
            raise MediaRefused("media.broken", kind="video")
        span.add(packet)
        if span.seconds > limits.video_seconds + 1:
            raise too_long("video", limits)
        target.mux(lanes[packet.stream.index].passed(packet))
    if not lanes[streams[0].index].packets:
        raise MediaRefused("media.broken", kind="video")
    return span.seconds


def _lane(stream: Stream, target: OutputContainer) -> _Lane:
    to = target.add_stream_from_template(stream)
    to.metadata.clear()  # the camera's name, the track's title, when it was taken
    rule = _SIDE_MESSAGES.get(codec_of(stream))
    return _Lane(to, BitStreamFilterContext(rule, stream, to) if rule else None)
