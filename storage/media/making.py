"""From the bytes that came to the bytes that are kept: recognise, compare with what was asked for, make."""

from domain.media import Kind, Limits, MediaRefused, too_big, wrong_kind
from storage.media import kinds
from storage.media.documents import make_document
from storage.media.images import make_photo, make_thumbnail
from storage.media.kinds import PICTURES, RECORDINGS, Form
from storage.media.made import Made
from storage.media.recordings import first_frame, kind_of, opened
from storage.media.video import check_film, make_poster, make_video
from storage.media.voice import make_voice


def make(data: bytes, claimed: str | None, wanted: str | None, limits: Limits) -> Made:
    """What is to be kept of `data`. Raises MediaRefused and nothing else, whatever they are (TRUST 14)."""
    if not data:
        raise MediaRefused("media.empty")
    if len(data) > limits.video_bytes:  # the largest of all limits
        raise too_big("video", limits)
    form = kinds.recognise(data)
    if form is None:
        raise wrong_kind(_asked(claimed, wanted))
    if form in RECORDINGS:
        return _recording(data, form, claimed, wanted, limits)
    kind: Kind = "photo" if form in PICTURES else "document"
    _check(kind, data, claimed, wanted, limits)
    return make_photo(data, form, limits) if kind == "photo" else make_document(data, form, limits)


def shrunk(data: bytes, edge: int, limits: Limits) -> bytes:
    """A JPEG of a kept photo, or of a film's first frame. Raises MediaRefused for anything else."""
    form = kinds.recognise(data)
    if form in PICTURES:
        return make_thumbnail(data, form, edge)
    if form in (Form.MP4, Form.MATROSKA):
        return make_poster(data, form, edge, limits)
    raise MediaRefused("media.not_a_photo")


def _recording(data: bytes, form: Form, claimed: str | None, wanted: str | None, limits: Limits) -> Made:
    """Only an opened container tells whether it holds a film or sound alone."""
    if wanted == "photo":
        raise wrong_kind(wanted)
    with opened(data, form, limits) as container:
        kind = kind_of(container)
        if kind is None:
            raise MediaRefused("media.broken", kind="voice")
        _check(kind, data, claimed, wanted, limits)
        if kind == "voice":
            return make_voice(container, limits)
        check_film(container, limits)
        return make_video(container, limits, first_frame(data, form, limits))


def _check(kind: Kind, data: bytes, claimed: str | None, wanted: str | None, limits: Limits) -> None:
    if not kinds.fits(wanted, kind) or kinds.contradicts(claimed, kind):
        raise wrong_kind(_asked(claimed, wanted))
    if len(data) > limits.bytes_of(kind):
        raise too_big(kind, limits)


def _asked(claimed: str | None, wanted: str | None) -> str | None:
    """What the sender believes to have sent: it decides only the words of the refusal."""
    return "photo" if wanted is None and (claimed or "").lower().startswith("image/") else wanted
