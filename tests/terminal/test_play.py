"""`workroom play` as a newcomer uses it: lines in, answers out, a number is a tap."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

PLAY = (sys.executable, "-m", "bot", "play", "--as")


async def play(home: Path, role: str, *lines: str) -> str:
    """Everything the terminal shows to somebody in this role who types these lines."""
    environment = {"PATH": os.environ["PATH"], "WORKROOM_HOME": str(home)}
    process = await asyncio.create_subprocess_exec(
        *PLAY, role, stdin=-1, stdout=-1, stderr=-1, env=environment, cwd=Path(__file__).parents[2]
    )
    out, problems = await process.communicate("".join(f"{line}\n" for line in lines).encode())
    assert process.returncode == 0, problems.decode()
    return out.decode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("played")


async def test_a_request_goes_from_terminal_to_terminal(home: Path) -> None:
    """The resident files, the liaison and the representative find it, the answer waits for the resident."""
    said = await play(home, "resident", "同意", "反映诉求", "三号楼的楼梯灯不亮", "提交")
    number = re.search(r"编号 (\w{4}-\w{2})", said)
    assert number is not None, said
    seen = await play(home, "liaison", "同意", f"受理 {number[1]}", f"分派代表 {number[1]}", "1")
    assert "三号楼的楼梯灯不亮" in seen
    answered = await play(home, "liaison", f"答复居民 {number[1]}", "楼梯灯已经换好。", "发给居民")
    assert "答复已发给居民" in answered
    rated = await play(home, "resident", "非常满意")
    assert "楼梯灯已经换好。" in rated, "what came while the terminal was closed is shown when it opens"
    assert "谢谢" in rated


async def test_each_role_has_something_to_look_at(home: Path) -> None:
    for role in ("liaison", "representative", "department", "office"):
        assert re.search(r"[2-9A-Z]{4}-[2-9A-Z]{2}", await play(home, role, "同意", "待办")), role


async def test_files_and_positions_of_this_machine(home: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_text("not a photo")
    said = await play(
        home, "resident", "反映诉求", f"@photo {tmp_path / 'broken.jpg'}", "@position 95,400", "取消"
    )
    assert "Traceback" not in said
    assert "照片" in said
