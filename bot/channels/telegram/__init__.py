"""The Telegram channel: its transport, its parsing and its sending."""

import os

# python-telegram-bot then gives spans of time (RetryAfter.retry_after …) as timedelta; its int warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
