"""One unit of work: every part of the storage over one transaction."""

from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.cases import Cases
from storage.codes import Codes
from storage.drafts import Drafts
from storage.lists import Lists
from storage.meeting import Meeting
from storage.outbox import Outbox
from storage.people import People
from storage.registry import Registry
from storage.remembered import Found
from storage.sessions import KeepsSessions, Sessions
from storage.timeline import MediaRows, Timeline
from storage.tries import Tries
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
    ) -> None:
        """`found`: what is remembered of the registry, as of this moment."""
        self.connection = connection
        self.found = found
        self.drafts = drafts or Drafts(connection)
        self.sessions: KeepsSessions = sessions or Sessions(connection)

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
