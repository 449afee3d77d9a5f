"""Media on the local disk: recognised by their bytes, made anew without metadata, kept by digest."""

from storage.media.shelf import Shelf

__all__ = ["Shelf"]
