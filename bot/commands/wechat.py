"""`workroom wechat`: publishes the account's menu, makes the workrooms' posters."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from bot.channels.telegram.account import NoAccount, account
from bot.channels.wechat.account import page_of
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.errors import Refused
from bot.channels.wechat.menu import menu
from bot.commands.office import Office, from_settings, run
from bot.posters.content import Poster, Way, payload, poster
from bot.posters.fonts import BadFont, Font
from bot.posters.making import Hole, make
from domain.errors import DomainError
from domain.open_days import Plan
from domain.registry import Workroom
from handlers.ports import Ambiguous, TryLater

AT_ONCE, KEPT = 8, 100
"""QR codes asked for at the same time, and after how many they are kept: a run cut off goes on there."""


def register(app: typer.Typer, office: Callable[[], Office] = from_settings) -> None:
    """Add the commands to the program."""
    wechat = typer.Typer(no_args_is_help=True, help="The WeChat account: its menu, and posters to print.")
    app.add_typer(wechat, name="wechat")

    @wechat.command("menu")
    def menu_(
        as_json: Annotated[bool, typer.Option("--json", help="Print the menu for programs.")] = False,
    ) -> None:
        """Publish the account's menu (three buttons, up to five below each) from the locale."""
        run(office, lambda opened: _menu(opened, as_json))

    @wechat.command("posters")
    def posters(
        folder: Annotated[Path, typer.Option(help="Where to put them.")] = Path("posters"),
        code: Annotated[list[str] | None, typer.Option(help="Only this workroom (may be repeated).")] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print what was made for programs.")] = False,
    ) -> None:
        """Make each workroom's poster with its QR codes, to print: <code>.pdf and <code>.png."""
        run(office, lambda opened: _posters(opened, folder, code or [], as_json))


# --- the menu --------------------------------------------------------------------------------------------


async def _menu(office: Office, as_json: bool) -> int:
    buttons = menu(office.say, page_of(office.settings))
    with _refusals():
        async with _api(office) as api:
            await api.publish_menu(buttons)
    typer.echo(json.dumps(buttons, ensure_ascii=False) if as_json else office.say("program.wechat.published"))
    return 0


def _api(office: Office) -> WeChatApi:
    if not office.settings.wechat_app_id:
        raise DomainError("program.wechat.no_account")
    return WeChatApi.of(office.settings, office.clock)


@contextmanager
def _refusals() -> Iterator[None]:
    """What the platform refuses ends the command with one line."""
    try:
        yield
    except Refused as refused:
        raise DomainError("program.doctor.wechat.refused", code=refused.code) from None
    except (TryLater, Ambiguous) as away:
        raise DomainError("program.doctor.wechat.away", reason=type(away).__name__) from None


# --- posters ---------------------------------------------------------------------------------------------


async def _posters(office: Office, folder: Path, codes: Sequence[str], as_json: bool) -> int:
    rooms, plans, hotline = await _rooms(office, codes)
    with Progress(disable=as_json, transient=True) as progress:
        leads = await _leads(office, rooms, progress)
        if not leads.get(rooms[0].code):
            raise DomainError("program.posters.nothing_to_scan")
        made = [
            poster(room, leads[room.code], office.say, plan=plans.get(room.id), hotline=hotline)
            for room in rooms
        ]
        await _drawn(office, made, folder, progress)
    if as_json:
        listed = [{"workroom": one.code, "ways": [lead.way for lead in one.leads]} for one in made]
        typer.echo(json.dumps({"folder": str(folder), "posters": listed}, ensure_ascii=False))
    else:
        typer.echo(office.say("program.posters.made", count=len(made), folder=str(folder)))
    return 0


async def _drawn(office: Office, posters: Sequence[Poster], folder: Path, progress: Progress) -> None:
    task = progress.add_task("PDF, PNG", total=len(posters))

    def draw() -> None:
        for count in make(posters, Font.chosen(office.settings.font), folder):
            progress.advance(task, count)

    try:
        await asyncio.to_thread(draw)
    except Hole as hole:
        raise DomainError("program.posters.hole", code=hole.code, character=hole.character) from None
    except BadFont:
        raise DomainError("program.posters.bad_font") from None
    except OSError as trouble:
        raise DomainError("program.posters.no_room", reason=type(trouble).__name__) from None


async def _rooms(office: Office, codes: Sequence[str]) -> tuple[list[Workroom], dict[int, Plan], str]:
    """The workrooms asked for, or all that are listed, with their open days. Raises DomainError."""
    async with office.work() as (uow, now):
        listed = list(await uow.registry.workrooms())
        plans = await uow.open_days.plans()
        hotline = now.calendar.terms.hotline
    known = {room.code: room for room in listed}
    if missing := next((code for code in codes if code not in known), None):
        raise DomainError("program.posters.unknown", code=missing)
    if not listed:
        raise DomainError("program.posters.no_workrooms")
    return [known[code] for code in codes] or listed, plans, hotline


async def _leads(office: Office, rooms: Sequence[Workroom], progress: Progress) -> dict[str, dict[Way, str]]:
    """What each workroom's codes hold, by the channels that are set up."""
    said, telegram = office.settings, await _telegram_name(office)
    scenes = await _scenes(office, rooms, progress) if said.wechat_app_id else {}
    found: dict[str, dict[Way, str]] = {}
    for room in rooms:
        ways: dict[Way, str] = {}
        if room.code in scenes:
            ways["wechat"] = scenes[room.code]
        if telegram:
            ways["telegram"] = f"https://t.me/{telegram}?start={payload(room)}"
        if said.public_url:
            ways["web"] = f"{said.public_url}/?start={payload(room)}"
        found[room.code] = ways
    return found


async def _telegram_name(office: Office) -> str:
    if not office.settings.telegram_token.get_secret_value():
        return ""
    try:
        return (await account(office.settings)).name
    except NoAccount:
        raise DomainError("program.posters.no_telegram") from None


async def _scenes(office: Office, rooms: Sequence[Workroom], progress: Progress) -> dict[str, str]:
    """WeChat's codes, each asked for once and then remembered."""
    async with office.work() as (uow, _):
        known = await uow.followers.scenes()
    wanted = [payload(room) for room in rooms if payload(room) not in known]
    if wanted:
        task = progress.add_task("WeChat", total=len(wanted))
        with _refusals():
            async with _api(office) as api:
                for start in range(0, len(wanted), KEPT):
                    fresh = await _asked(api, wanted[start : start + KEPT], lambda: progress.advance(task))
                    async with office.work() as (uow, _):
                        await uow.followers.keep_scenes(fresh)
                    known |= fresh
    return {room.code: known[payload(room)] for room in rooms}


async def _asked(api: WeChatApi, scenes: Sequence[str], done: Callable[[], None]) -> dict[str, str]:
    """What the codes of these scenes hold."""
    at_once = asyncio.Semaphore(AT_ONCE)

    async def ask(scene: str) -> tuple[str, str]:
        async with at_once:
            found = await api.scene(scene)
        done()
        return scene, found

    return dict(await asyncio.gather(*map(ask, scenes)))
