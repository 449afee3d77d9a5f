"""What comes out of the making: the bytes that are kept, and what is known of them."""

from dataclasses import dataclass

from domain.media import Kind


@dataclass(frozen=True, slots=True)
class Made:
    """Bytes ready for the shelf; width and height in pixels, seconds rounded up."""

    data: bytes
    kind: Kind
    mime: str
    width: int | None = None
    height: int | None = None
    seconds: int | None = None
