"""A small desk for the page's tests: consent, a question, a card that grows, a number."""

from dataclasses import dataclass, field, replace

from bot.channels.web.channel import WebChannel
from domain.media import MediaRefused
from domain.messages import (
    Answer,
    Button,
    File,
    Inbound,
    Position,
    Press,
    Rendered,
    Start,
    Text,
)
from handlers.ports import Clock, TooBig
from storage.database import Database
from storage.media import Shelf
from storage.timeline import MediaRows

WELCOME = "您好,这里是朝阳社区党代表工作室。\n请选一项,或直接写下您的事。"


def say(text: str, *rows: tuple[Button, ...], **rest: object) -> Rendered:
    """A message with its buttons."""
    return replace(Rendered(text, rows, key=str(rest.pop("key", "sample"))), **rest)  # type: ignore[arg-type]


@dataclass
class Person:
    """What the desk remembers of one visitor."""

    consent: bool = True
    words: list[str] = field(default_factory=list)
    media: list[int] = field(default_factory=list)
    filed: int = 0
    last: tuple[str, Answer] | None = None


class SmallDesk:
    """Plays the desk's part. `calls` are the ids it really handled; repeats are not counted."""

    def __init__(self, database: Database, shelf: Shelf, clock: Clock, *, consent: bool = False) -> None:
        self._database, self._shelf, self._clock = database, shelf, clock
        self._asks_consent = consent
        self.channel: WebChannel | None = None
        self.people: dict[str, Person] = {}
        self.calls: list[Inbound] = []

    async def handle(self, inbound: Inbound) -> Answer:
        """The answer; the last one again for the same id."""
        person = self.people.setdefault(inbound.chat, Person(consent=not self._asks_consent))
        if person.last and person.last[0] == inbound.id:
            return replace(person.last[1], again=True)
        self.calls.append(inbound)
        answer = await self._answer(inbound, person)
        person.last = (inbound.id, answer)
        return answer

    async def _answer(self, inbound: Inbound, person: Person) -> Answer:
        if not person.consent:
            return self._consent(inbound, person)
        match inbound.what:
            case Start():
                return self._home()
            case Text(text):
                return self._text(text, person)
            case File() as file:
                return await self._file(file, person)
            case Position():
                return Answer((say("位置收到了:朝阳社区3号楼附近。"),))
            case Press(data):
                return self._press(data, person)
        return Answer((say("请再说一次。"),))

    def _consent(self, inbound: Inbound, person: Person) -> Answer:
        if inbound.what == Press("consent:yes"):
            person.consent = True
            return Answer((say("谢谢。", replaces=True), *self._home().messages))
        row = (Button("consent:yes", "可以"), Button("consent:no", "不可以", True))
        ask = say("我们会保存您写的内容,用来办理您的事。可以吗?", row)
        return Answer((ask,), stored=False)

    def _home(self) -> Answer:
        rows = (
            (Button("file", "反映诉求"), Button("mine", "我的诉求")),
            (Button("days", "开放日"), Button("who", "我的代表")),
            (Button("help", "帮助", True),),
        )
        return Answer((say(WELCOME, *rows, key="home"),))

    def _card(self, person: Person) -> Rendered:
        words = "\n".join(person.words or ["(还没有文字)"])
        text = f"请核对:\n内容:{words}\n照片:{len(person.media)}张\n类别:环境卫生"
        changes = {"edit:words": "改内容", "edit:kind": "改类别", "cancel": "取消"}
        minor = tuple(Button(data, label, True) for data, label in changes.items())
        media = tuple(person.media)
        return say(text, (Button("send", "提交"),), minor, key="card", replaces=True, media=media)

    def _text(self, text: str, person: Person) -> Answer:
        if text == "位置":
            return Answer((say("请发送您的位置。", wants=("position",)),))
        if text == "文件":
            return Answer((say("请把文件发来。", wants=("document",)),))
        person.words.append(text)
        return Answer((self._card(person),))

    async def _file(self, file: File, person: Person) -> Answer:
        assert self.channel is not None
        try:
            kept = await self._shelf.take(await self.channel.fetch(file), file.mime, file.kind)
        except (MediaRefused, TooBig):
            return Answer((say("这个文件打不开。请换一张照片。"),))
        async with self._database.writing() as connection:
            person.media.append(await MediaRows(connection).keep(kept, self._clock()))
        if file.caption:
            person.words.append(file.caption)
        return Answer((self._card(person),))

    def _press(self, data: str, person: Person) -> Answer:
        if data == "file":
            row = (Button("cancel", "取消", True),)
            return Answer((say("请写下您要反映的事。也可以发照片或语音。", row, key="words"),))
        if data == "send":
            person.filed += 1
            person.words.clear()
            person.media.clear()
            return Answer(
                (
                    say("已提交。", replaces=True),
                    say(
                        f"编号:HX7K{person.filed}。\n12月4日(周五)前答复您。", (Button("undo", "撤销", True),)
                    ),
                )
            )
        if data == "mine":
            words = "楼道的灯坏了好几天,晚上看不见路"
            rows = tuple((Button(f"case:{n}", f"HX7K{n} {words}"),) for n in range(1, 9))
            return Answer((say("您的诉求,进行中的在前:", *rows, (Button("more", "下一页", True),)),))
        return Answer((say("这个按钮已过期。请看最新的消息。"), *self._home().messages))
