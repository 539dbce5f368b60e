import sys
import tempfile
from pathlib import Path

from tests.assistant.conftest import local_time_of
from tests.assistant.year.live import PERSONAS, lived

for persona in sys.argv[1:] or [name for name in PERSONAS if name != "meeting"]:
    with (
        local_time_of("Europe/London"),
        tempfile.TemporaryDirectory() as folder,
        lived(persona, Path(folder)) as year,
    ):
        print(f"\n{persona}")
        for one in year.log:
            print(f"{one.at:%a %d %b %H:%M}  {'> ' + one.to + ' | ' if one.to else ''}{one.text}  [{one.key}]")
