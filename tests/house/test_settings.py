"""A wrong setting stops the start with one clear line that never shows the value."""

import pytest

from bot.settings import BadSettings, settings

SECRET = "123456:" + "A" * 35
KEY = "A" * 43
WECHAT = {
    "wechat_app_id": "wxb11529c136998cb6",
    "wechat_app_secret": "hunter2" * 4,
    "wechat_token": "pamtest",
}


@pytest.mark.parametrize(
    "given, named",
    [
        ({"locale": "fr"}, "WORKROOM_LOCALE"),
        ({"timezone": "Mars/Olympus"}, "WORKROOM_TIMEZONE"),
        ({"database_url": "mysql://root:hunter2@host/x"}, "WORKROOM_DATABASE_URL"),
        ({"redis_url": "http://:hunter2@host"}, "WORKROOM_REDIS_URL"),
        ({"public_url": "workroom.example"}, "WORKROOM_PUBLIC_URL"),
        ({"telegram_token": "hunter2"}, "WORKROOM_TELEGRAM_TOKEN"),
        ({"telegram_mode": "carrier pigeon"}, "WORKROOM_TELEGRAM_MODE"),
        ({"telegram_token": SECRET, "telegram_mode": "webhook"}, "WORKROOM_PUBLIC_URL"),
        (
            {"telegram_token": SECRET, "telegram_mode": "webhook", "public_url": "https://a.example"},
            "WORKROOM_TELEGRAM_WEBHOOK_SECRET",
        ),
        ({"PORT": 99999}, "PORT"),
        ({**WECHAT, "wechat_app_id": "hunter2 hunter2"}, "WORKROOM_WECHAT_APP_ID"),
        ({**WECHAT, "wechat_token": "hunter2!"}, "WORKROOM_WECHAT_TOKEN"),
        ({**WECHAT, "wechat_app_secret": "hunter2"}, "WORKROOM_WECHAT_APP_SECRET"),
        ({**WECHAT, "wechat_aes_key": "hunter2"}, "WORKROOM_WECHAT_AES_KEY"),
        ({**WECHAT, "wechat_previous_aes_key": "hunter2"}, "WORKROOM_WECHAT_PREVIOUS_AES_KEY"),
        ({**WECHAT, "wechat_previous_aes_key": KEY}, "WORKROOM_WECHAT_AES_KEY"),
        ({**WECHAT, "wechat_api_url": "hunter2"}, "WORKROOM_WECHAT_API_URL"),
        ({"wechat_app_id": WECHAT["wechat_app_id"]}, "WORKROOM_WECHAT_APP_SECRET"),
        ({"wechat_aes_key": KEY}, "WORKROOM_WECHAT_APP_ID"),
    ],
)
def test_a_wrong_value_is_named_in_one_line(given: dict[str, object], named: str) -> None:
    with pytest.raises(BadSettings) as refused:
        settings(_env_file=None, **given)
    told = str(refused.value)
    assert named in told
    assert "\n" not in told
    assert "hunter2" not in told
    assert SECRET not in told
    assert KEY not in told


def test_the_defaults_need_nothing() -> None:
    plain = settings(_env_file=None)
    assert plain.database.startswith("sqlite+aiosqlite:///")
    assert plain.only_here


def test_wechat_is_whole_with_and_without_a_key() -> None:
    assert settings(_env_file=None, **WECHAT).wechat_app_id == WECHAT["wechat_app_id"]
    safe = settings(_env_file=None, **WECHAT, wechat_aes_key=KEY)
    assert safe.wechat_aes_key.get_secret_value() == KEY
    assert KEY not in repr(safe)
    assert WECHAT["wechat_app_secret"] not in repr(safe)
