"""What an installation has no use for is not in its memory."""

import json
import subprocess
import sys

TELLS = """
import json, sys
import bot.commands.running, bot.serve, bot.channels.telegram.channel
before = sorted(sys.modules)
import bot.channels.wechat.channel
print(json.dumps([before, sorted(sys.modules)]))
"""


def test_a_server_loads_wechat_only_with_an_account_and_never_what_posters_are_drawn_with() -> None:
    done = subprocess.run([sys.executable, "-c", TELLS], capture_output=True, check=True)
    without, serving = json.loads(done.stdout)
    foreign = ("bot.channels.wechat.", "bot.posters", "cryptography.hazmat", "defusedxml", "segno", "fpdf")
    assert [name for name in without if name.startswith(foreign)] == []
    drawing = ("bot.posters", "bot.commands.wechat", "segno", "fpdf", "fontTools", "pylopdf", "PIL")
    assert [name for name in serving if name.startswith(drawing)] == []
    assert "bot.channels.wechat.route" in serving
