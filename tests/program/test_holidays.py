"""`workroom holidays`: a notice is loaded at the terminal."""

from pathlib import Path

from tests.open_days.test_notice import NOTICE
from tests.program.conftest import Run


def test_the_command_loads_and_names_mistakes(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "notice.csv"
    file.write_text(NOTICE, encoding="gb18030")
    assert "2027" in run("holidays", file).stdout
    assert "没有变化" in run("holidays", file).stdout
    january = ("--rule", "FREQ=MONTHLY;BYMONTHDAY=1", "--from", "2027-01-01", "--to", "2027-01-31")
    assert run("open-days", *january).stdout == "2027-01-04 09:00-12:00 2027-01-01\n"
    file.write_text(NOTICE.replace("2027-02-05", "2027-02-35").replace("班", "?"))
    refused = run("holidays", file)
    assert refused.exit_code == 1
    assert [line.partition("：")[0] for line in refused.stderr.splitlines()[:3]] == [
        "第3行",
        "第4行",
        "第10行",
    ]
    assert run("holidays", tmp_path / "none.csv").exit_code == 1
