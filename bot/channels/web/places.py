"""Where a page lives: at `/`, or in the sample district at `/as/<role>/`, each with a cookie of its own."""

from dataclasses import dataclass

SAMPLE_ROLES = ("resident", "liaison", "representative", "department")


@dataclass(frozen=True, slots=True)
class Place:
    """One page with its own visitors; `role` is only set in the sample district."""

    role: str | None = None

    @property
    def base(self) -> str:
        """The address everything of this page is relative to."""
        return "/" if self.role is None else f"/as/{self.role}/"

    @property
    def cookie(self) -> str:
        """Names differ, because the cookie of `/` is sent to every address below it."""
        return "workroom" if self.role is None else f"workroom_as_{self.role}"
