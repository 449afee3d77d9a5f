"""What Telegram refuses: limits and shapes of texts, keyboards, pictures, commands, in its own words."""

import io
import json
import re
from typing import Any

from PIL import Image, UnidentifiedImageError

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ANSWER_LIMIT = 200
CALLBACK_BYTES = 64
BUTTONS, BUTTONS_PER_ROW = 100, 8
COMMANDS = 100
PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}\Z")
COMMAND = re.compile(r"[a-z0-9_]{1,32}\Z")
PORTS = {443, 80, 88, 8443}


class ApiError(Exception):
    """A refusal: HTTP status, description and, where Telegram adds them, parameters such as retry_after."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad(description: str) -> ApiError:
    """The commonest refusal: 400 Bad Request."""
    return ApiError(400, f"Bad Request: {description}")


def check_text(text: str, too_long: str = "message is too long") -> None:
    """A text must have 1 to 4096 characters once its marks are parsed."""
    if not text.strip():
        raise bad("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad(too_long)


def check_caption(caption: str) -> None:
    """A caption has at most 1024 characters once its marks are parsed."""
    if len(caption) > CAPTION_LIMIT:
        raise bad("message caption is too long")


def check_answer(text: str) -> None:
    """The notice shown for a press has at most 200 characters."""
    if len(text) > ANSWER_LIMIT:
        raise bad("MESSAGE_TOO_LONG")


def inline_keyboard(markup: Any) -> list[list[dict[str, Any]]]:
    """The rows of an inline keyboard, each button checked."""
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad("inline keyboard expected")
    rows = [row for row in rows if row]
    _check_size(rows)
    for row in rows:
        for button in row:
            _check_inline_button(button)
    return rows


def _check_size(rows: list[list[Any]]) -> None:
    if sum(map(len, rows)) > BUTTONS or any(len(row) > BUTTONS_PER_ROW for row in rows):
        raise bad("reply markup is too long")


def _check_inline_button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not str(button.get("text", "")).strip():
        raise bad("can't parse inline keyboard button: button text must be non-empty")
    if not any(
        button.get(kind) for kind in ("callback_data", "url", "web_app", "login_url", "switch_inline_query")
    ):
        problem = (
            "BUTTON_DATA_INVALID"
            if "callback_data" in button
            else ("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        )
        raise bad(problem)
    if len(str(button.get("callback_data", "")).encode()) > CALLBACK_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if (url := button.get("url")) and not re.match(r"(https?|tg)://\S+\Z", str(url)):
        raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def reply_keyboard(rows: Any) -> list[list[dict[str, Any]]]:
    """The rows of a keyboard shown instead of the letters; a bare string is a button's text."""
    if not isinstance(rows, list) or not rows or not all(isinstance(row, list) for row in rows):
        raise bad('field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
    kept = [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows if row]
    _check_size(kept)
    if any(not isinstance(b, dict) or not str(b.get("text", "")).strip() for row in kept for b in row):
        raise bad("can't parse keyboard button: button text must be non-empty")
    return kept


def check_commands(commands: Any) -> None:
    """At most 100 commands; names 1–32 of `a-z0-9_`, descriptions 1–256 characters."""
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    if len(commands) > COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not isinstance(command, dict) or "command" not in command or "description" not in command:
            raise bad("can't parse BotCommand: expected an Object")
        if not COMMAND.match(str(command["command"])):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command["description"]).strip()) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def check_photo(data: bytes) -> tuple[int, int]:
    """Width and height of what may be sent as a photo: at most 10 MB, sides not too long or lopsided."""
    if len(data) > PHOTO_BYTES:
        raise bad(
            f"file of size {len(data)} bytes is too big for a photo; the maximum size is {PHOTO_BYTES} bytes"
        )
    size = image_size(data)
    if size is None:
        raise bad("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > 10_000 or max(size) > 20 * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    return width, height


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, or None for what isn't a picture."""
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            return image.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return None


def check_start_payload(payload: str) -> None:
    """What a `?start=` link may carry; a client refuses the rest before sending, hence ValueError."""
    if not START_PAYLOAD.match(payload):
        raise ValueError(f"no Telegram client follows this start payload: {payload!r}")


def from_json(value: Any, name: str) -> Any:
    """A parameter that is an object or a list, however it was sent."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad(f"can't parse {name} JSON object") from None
