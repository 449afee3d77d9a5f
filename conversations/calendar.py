"""The conversations about open days and working days."""

from conversations.change_open_days import CHANGE_OPEN_DAYS
from conversations.flow import Flow
from conversations.load_holidays import LOAD_HOLIDAYS

CALENDAR: tuple[Flow, ...] = (CHANGE_OPEN_DAYS, LOAD_HOLIDAYS)
