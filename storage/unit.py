"""One unit of work: every part of the storage over one transaction."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cases import Cases
from storage.codes import Codes
from storage.drafts import Drafts
from storage.duty import Duty
from storage.duty_calls import DutyCalls
from storage.duty_ends import DutyEnds
from storage.filing import Ground, Wanted
from storage.holidays import HolidayDays
from storage.lists import Lists
from storage.meeting import Meeting
from storage.open_days import OpenDays
from storage.outbox import Outbox
from storage.people import People
from storage.quiet_hours import OwnQuietHours
from storage.registry import Registry
from storage.remembered import Found
from storage.reminders import Reminders
from storage.restores import Restores
from storage.rosters import Rosters
from storage.sessions import KeepsSessions, Sessions
from storage.timeline import MediaRows, Timeline
from storage.tries import Tries
from storage.visits import Visits
from storage.walk_ins import WalkIns
from storage.web import Transcript
from storage.wechat import Followers


class UnitOfWork:
    """What one message reads and writes, committed or forgotten as a whole."""

    def __init__(
        self,
        connection: AsyncConnection,
        found: Found | None = None,
        *,
        drafts: Drafts | None = None,
        sessions: KeepsSessions | None = None,
        ground: Callable[[Wanted], Awaitable[Ground]] | None = None,
    ) -> None:
        """`found`: what is remembered of the registry, as of this moment.

        `ground` looks up, beside the transaction, what a new case stands on (storage/filing.py).
        """
        self.again = False
        """Whether this step is done once more, for somebody was faster (Changed)."""
        self._ground = ground
        self.connection = connection
        self.found = found
        self.drafts = drafts or Drafts(connection)
        self.sessions: KeepsSessions = sessions or Sessions(connection)

    async def id_of_new_case(self, workroom: int, now: datetime) -> int | None:
        """The id that a case filed there now shall have; None where the writing itself will give it one."""
        if self._ground is None:
            return None
        ground = await self._ground(Wanted(workroom, now))
        self.duty.seen(workroom, now, ground.places)
        return ground.case

    @cached_property
    def meeting(self) -> Meeting:
        """The first look at whoever arrives."""
        return Meeting(self.connection)

    @cached_property
    def people(self) -> People:
        """Persons, identities, consents, seats, invites."""
        return People(self.connection)

    @cached_property
    def codes(self) -> Codes:
        """Invites and codes for another device."""
        return Codes(self.connection)

    @cached_property
    def registry(self) -> Registry:
        """Workrooms, representatives, departments, categories."""
        return Registry(self.connection, self.found)

    @cached_property
    def cases(self) -> Cases:
        """Cases, rounds, routes."""
        return Cases(self.connection)

    @cached_property
    def lists(self) -> Lists:
        """The pages people look through."""
        return Lists(self.connection)

    @cached_property
    def timeline(self) -> Timeline:
        """Events and their files."""
        return Timeline(self.connection)

    @cached_property
    def media(self) -> MediaRows:
        """What is known of the files."""
        return MediaRows(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Messages to others."""
        return Outbox(self.connection)

    @cached_property
    def restores(self) -> Restores:
        """Backups that were put back."""
        return Restores(self.connection)

    @cached_property
    def reminders(self) -> Reminders:
        """What is due to be reminded of, what was, and what nobody wants to hear."""
        return Reminders(self.connection)

    @cached_property
    def quiet_hours(self) -> OwnQuietHours:
        """When people don't want to be disturbed."""
        return OwnQuietHours(self.connection)

    @cached_property
    def visits(self) -> Visits:
        """What representatives have logged, and what the liaisons decided."""
        return Visits(self.connection)

    @cached_property
    def open_days(self) -> OpenDays:
        """When workrooms are open, and who was told."""
        return OpenDays(self.connection, self.found)

    @cached_property
    def holidays(self) -> HolidayDays:
        """The loaded notices of working days."""
        return HolidayDays(self.connection)

    @cached_property
    def duty(self) -> Duty:
        """Shifts and who keeps them."""
        return Duty(self.connection)

    @cached_property
    def rosters(self) -> Rosters:
        """Many workrooms' rosters at once, for the planner."""
        return Rosters(self.connection)

    @cached_property
    def duty_ends(self) -> DutyEnds:
        """Shifts whose time has come, for the planner."""
        return DutyEnds(self.connection)

    @cached_property
    def duty_calls(self) -> DutyCalls:
        """Cases filed during a shift, and who was told so far."""
        return DutyCalls(self.connection)

    @cached_property
    def walk_ins(self) -> WalkIns:
        """Who came into a workroom, and cases opened for them."""
        return WalkIns(self.connection)

    @cached_property
    def tries(self) -> Tries:
        """One-time codes tried lately."""
        return Tries(self.connection)

    @cached_property
    def followers(self) -> Followers:
        """What WeChat lets us say to whom."""
        return Followers(self.connection)

    def transcript(self, chat: str) -> Transcript:
        """What the web page has shown to one visitor."""
        return Transcript(self.connection, chat)
