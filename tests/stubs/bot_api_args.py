"""A call's parameters, however they were sent (form, JSON, uploads), read the way Telegram reads them."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.stubs import bot_api_rules as rules
from tests.stubs.bot_api_html import parse_html
from tests.stubs.bot_api_rules import bad
from tests.stubs.bot_api_world import Json, StoredFile, World, entities


@dataclass
class Upload:
    """One uploaded file."""

    name: str
    mime: str
    data: bytes


@dataclass
class Args:
    """Reads parameters by name; an absent one is empty."""

    given: Json
    files: dict[str, Upload] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """The parameter as it was sent."""
        return self.given.get(name)

    def text(self, name: str) -> str:
        """The parameter as text."""
        found = self.given.get(name)
        return "" if found is None else str(found)

    def number(self, name: str) -> float:
        """The parameter as a number, required."""
        try:
            return float(self.given[name])
        except (KeyError, TypeError, ValueError):
            raise bad(f"{name} is empty") from None

    def flag(self, name: str) -> bool:
        """The parameter as yes or no."""
        return self.text(name).lower() in ("true", "1", "yes")

    def parsed(self, name: str) -> Any:
        """The parameter as an object or list."""
        found = self.given.get(name)
        return rules.from_json(found, name) if found not in (None, "") else None

    def scope(self) -> str:
        """Commands are kept per scope and language."""
        scope = self.parsed("scope") or {"type": "default"}
        return json.dumps([scope, self.text("language_code")], sort_keys=True)

    def marked(self, name: str) -> Json:
        """The text or caption with its entities, parse_mode applied, trimmed as Telegram does."""
        source, mode = self.text(name), self.text("parse_mode")
        label = "entities" if name == "text" else "caption_entities"
        if mode and mode.lower() != "html":
            raise bad("unsupported parse_mode")
        text, marks = parse_html(source) if mode else (source, self.parsed(label) or [])
        text = text.rstrip() if not text[:1].isspace() or marks else text.strip()
        found = sorted([*marks, *_unmarked(text, marks)], key=lambda entity: int(entity["offset"]))
        return {**({name: text} if text else {}), **({label: found} if found else {})}


def _unmarked(text: str, marks: list[Json]) -> list[Json]:
    """What Telegram finds by itself in the places that carry no mark."""
    taken = [range(mark["offset"], mark["offset"] + mark["length"]) for mark in marks]
    return [found for found in entities(text) if not any(found["offset"] in span for span in taken)]


def markup_of(args: Args) -> tuple[str | None, list[list[Json]]]:
    """The kind of reply markup (inline, keyboard, remove, force; None when absent) and its checked rows."""
    markup = args.parsed("reply_markup")
    if not markup:
        return None, []
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return "inline", rules.inline_keyboard(markup)
    if "keyboard" in markup:
        return "keyboard", rules.reply_keyboard(markup["keyboard"])
    if markup.get("remove_keyboard"):
        return "remove", []
    if markup.get("force_reply"):
        return "force", []
    raise bad("can't parse reply keyboard markup JSON object")


def media_of(world: World, args: Args, kind: str, given: Any) -> Json:
    """The message field of an uploaded file, or of one named by its id."""
    name = str(given or "")
    upload = args.files.get(name.removeprefix("attach://") if name.startswith("attach://") else kind)
    if upload is not None and (not name or name.startswith("attach://")):
        return _uploaded(world, kind, upload)
    if not name:
        raise bad(f"there is no {kind} in the request")
    stored = world.files.get(name)
    if stored is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if stored.kind != kind:
        raise bad(f"can't use file of type {stored.kind.title()} as {kind.title()}")
    return _named(stored, kind)


def _uploaded(world: World, kind: str, upload: Upload) -> Json:
    if not upload.data:
        raise bad("file must be non-empty")
    if kind == "photo":
        rules.check_photo(upload.data)
        return {"photo": world.photo_sizes(upload.data)}
    stored = world.keep(kind, upload.data, upload.name)
    return (
        _named(stored, kind)
        if kind != "document"
        else {"document": {**stored.described(), "file_name": upload.name, "mime_type": upload.mime}}
    )


def _named(stored: StoredFile, kind: str) -> Json:
    described = stored.described()
    match kind:
        case "photo":
            width, height = rules.image_size(stored.data) or (90, 90)
            return {"photo": [{**described, "width": width, "height": height}]}
        case "voice" | "audio":
            return {
                kind: {
                    **described,
                    "duration": 1,
                    "mime_type": "audio/ogg" if kind == "voice" else "audio/mpeg",
                }
            }
        case "video":
            return {kind: {**described, "duration": 1, "width": 320, "height": 240, "mime_type": "video/mp4"}}
    return {kind: described}
