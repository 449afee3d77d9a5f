"""What the environment says, checked at start: a wrong value stops with one clear line."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.people import LANGUAGES

_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_WECHAT = {
    "wechat_app_id": (re.compile(r"[A-Za-z0-9_-]{3,64}"), "letters and digits, as wx0123456789abcdef"),
    "wechat_token": (re.compile(r"[A-Za-z0-9_-]{3,32}"), "3-32 letters and digits"),
    "wechat_app_secret": (re.compile(r"[!-~]{8,128}"), "8-128 characters without blanks"),
    "wechat_aes_key": (re.compile(r"[A-Za-z0-9+/]{43}"), "43 letters and digits"),
    "wechat_previous_aes_key": (re.compile(r"[A-Za-z0-9+/]{43}"), "43 letters and digits"),
}
"""What each of WeChat's settings looks like, and how that is told."""


def _given(value: str | SecretStr) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


class BadSettings(Exception):
    """A setting can't be used; the text says which and why, without its value."""


class Settings(BaseSettings):
    """The program's settings, prefix `WORKROOM_`; `.env` is read too."""

    model_config = SettingsConfigDict(env_prefix="WORKROOM_", env_file=".env", extra="ignore")

    home: Path = Path(".workroom")
    database_url: str = ""
    redis_url: str = ""
    session_days: Annotated[int, Field(ge=1, le=366)] = 7
    public_url: str = ""
    locale: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    host: str = "127.0.0.1"
    secret: SecretStr = SecretStr("")
    telegram_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_previous_aes_key: SecretStr = SecretStr("")
    wechat_api_url: str = "https://api.weixin.qq.com"
    font: Path | None = None
    port: Annotated[int, Field(ge=0, le=65535, validation_alias="PORT")] = 8080
    pg_programs: str = ""
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 0

    @field_validator("locale")
    @classmethod
    def _spoken(cls, value: str) -> str:
        if value not in LANGUAGES:
            raise ValueError(f"one of {', '.join(LANGUAGES)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as wrong:
            raise ValueError("no such time zone") from wrong
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
            raise ValueError("begins with sqlite+aiosqlite:/// or postgresql+asyncpg://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("begins with redis://, rediss:// or unix://")
        return value

    @field_validator("public_url", "telegram_api_url", "wechat_api_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not _TOKEN.fullmatch(value.get_secret_value()):
            raise ValueError("not a bot token (digits, colon, letters)")
        return value

    @field_validator(*_WECHAT)
    @classmethod
    def _of_wechat(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        given = value.get_secret_value() if isinstance(value, SecretStr) else value
        shape, told = _WECHAT[info.field_name or ""]
        if given and not shape.fullmatch(given):
            raise ValueError(told)
        return value

    @model_validator(mode="after")
    def _whole_wechat(self) -> "Settings":
        """WeChat is served with all of AppID, secret and token, or not at all; keys mean nothing alone."""
        needed = ("wechat_app_id", "wechat_app_secret", "wechat_token")
        missing = [name for name in needed if not _given(getattr(self, name))]
        if missing and any(_given(getattr(self, name)) for name in _WECHAT):
            raise ValueError(f"WeChat needs WORKROOM_{missing[0].upper()} too")
        if _given(self.wechat_previous_aes_key) and not _given(self.wechat_aes_key):
            raise ValueError("wechat_previous_aes_key needs WORKROOM_WECHAT_AES_KEY")
        return self

    @model_validator(mode="after")
    def _webhook(self) -> "Settings":
        """A webhook needs an address that Telegram can reach and a secret it can show."""
        if self.telegram_mode == "webhook" and self.telegram_token.get_secret_value():
            if not self.public_url:
                raise ValueError("telegram_mode webhook needs WORKROOM_PUBLIC_URL")
            if not _SECRET.fullmatch(self.telegram_webhook_secret.get_secret_value()):
                raise ValueError(
                    "telegram_mode webhook needs WORKROOM_TELEGRAM_WEBHOOK_SECRET (1-256 of A-Z a-z 0-9 _ -)"
                )
        return self

    @property
    def database(self) -> str:
        """The database's address; without one, a file in the data folder."""
        return self.database_url or f"sqlite+aiosqlite:///{self.home / 'workroom.sqlite3'}"

    @property
    def zone(self) -> ZoneInfo:
        """The district's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def only_here(self) -> bool:
        """Whether the service listens on this machine alone."""
        return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback


def settings(**given: Any) -> Settings:
    """The settings as they stand. Raises BadSettings with one line, never showing a value."""
    try:
        return Settings(**given)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
        where = "_".join(str(part) for part in first["loc"]).upper()
        name = where if where in ("", "PORT") else f"WORKROOM_{where}"
        raise BadSettings(f"{name}: {first['msg']}".removeprefix(": ")) from None
