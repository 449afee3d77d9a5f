"""Real files made on the spot: photos, sound, film and documents, honest and hostile."""

import io
import math
import struct
import zipfile
import zlib
from functools import cache

import av
import pillow_heif
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

pillow_heif.register_heif_opener(thumbnails=False)

PLACE = "+31.2304+121.4737/"
SECRET = "CANARY-7f3a"


def picture(width: int = 60, height: int = 40) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), "blue")
    image.paste("red", (0, 0, width // 2, height))
    return image


def gps_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 13.0, 49.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    return exif


def photo(form: str = "JPEG", orientation: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo that tells where it was taken, in EXIF, XMP and a comment."""
    out = io.BytesIO()
    xmp = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    extra = {"comment": SECRET.encode()} if form in ("JPEG", "GIF") else {}
    kept = {} if form == "GIF" else {"exif": gps_exif(orientation), "xmp": xmp}
    picture(*size).save(out, form, **kept, **extra)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG of that size whose pixels are all zero: few bytes, many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    line = bytes(1 + width * 3)
    rows = b"".join(packer.compress(line) for _ in range(min(height, 400))) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


# Container, codec, rate, bit rate, claimed type.
VOICES = {
    "ogg": ("ogg", "libopus", 48000, 24000, "audio/ogg; codecs=opus"),
    "webm": ("webm", "libopus", 48000, 24000, "audio/webm;codecs=opus"),
    "m4a": ("ipod", "aac", 44100, 48000, "audio/mp4"),
    "amr": ("amr", "libopencore_amrnb", 8000, 12200, "audio/amr"),
    "mp3": ("mp3", "libmp3lame", 44100, 64000, "audio/mpeg"),
    "wav": ("wav", "pcm_s16le", 16000, 0, "audio/wav"),
    "aac": ("adts", "aac", 16000, 32000, "audio/aac"),
}


@cache
def voice(name: str, seconds: float = 1.0) -> bytes:
    """A tone of 440 Hz with a title in the tags."""
    container, codec, rate, bits, _ = VOICES[name]
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        target.metadata["title"] = SECRET
        stream = target.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        if bits:
            stream.bit_rate = bits
        stream.codec_context.open()
        fit = AudioResampler(
            stream.codec_context.format, "mono", rate, stream.codec_context.frame_size or None
        )
        for frame in [*fit.resample(tone(rate, seconds)), *fit.resample(None)]:
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return out.getvalue()


def tone(rate: int, seconds: float) -> AudioFrame:
    wave = [int(9000 * math.sin(math.tau * 440 * at / rate)) for at in range(rate)]
    count = int(rate * seconds)
    samples = (struct.pack(f"<{rate}h", *wave) * (int(seconds) + 1))[: count * 2]
    frame = AudioFrame(format="s16", layout="mono", samples=count)
    frame.sample_rate = rate
    frame.planes[0].update(samples)
    return frame


def frame_of(image: Image.Image) -> VideoFrame:
    frame: VideoFrame = VideoFrame.from_image(image)  # type: ignore[no-untyped-call]  # PyAV leaves this one untyped
    return frame


@cache
def film(
    container: str = "mov", codec: str = "libx264", seconds: int = 1, fps: int = 10, sound: bool = True
) -> bytes:
    """A film that tells where it was taken and with what."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as target:
        target.metadata.update({"location": PLACE, "title": SECRET, "creation_time": "2026-11-22T06:00:00Z"})
        seen = target.add_stream(codec, rate=fps, width=64, height=48, pix_fmt="yuv420p")
        assert isinstance(seen, VideoStream)
        seen.metadata["handler_name"] = SECRET
        heard = None
        if sound:
            heard = target.add_stream("libopus" if container == "webm" else "aac", rate=48000, layout="mono")
        for _ in range(seconds * fps):
            target.mux(seen.encode(frame_of(picture(64, 48))))
        target.mux(seen.encode(None))
        if heard is not None:
            fit = AudioResampler(heard.codec_context.format, "mono", 48000, heard.codec_context.frame_size)
            for frame in [*fit.resample(tone(48000, seconds)), *fit.resample(None)]:
                target.mux(heard.encode(frame))
            target.mux(heard.encode(None))
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, body in parts.items():
            target.writestr(name, body)
    return out.getvalue()


def docx(**more: bytes) -> bytes:
    """As much of a DOCX as anybody looks at; `more` are further parts, '__' standing for '/'."""
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
    return archive(parts | {name.replace("__", "/"): body for name, body in more.items()})


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
