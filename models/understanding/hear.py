"""Make heard.jsonl: names as a speech engine writes them down when it has never heard of them.

    python models/understanding/hear.py

from the checkout, in the project's own environment; some minutes on two cores. Each name is spoken in a few sentences
by voices of eSpeak NG, and by flite where it is installed, and heard by Moonshine; what stands where the name stood is
one line. train.py puts these in the place of names now and then, so that the model learns to see from the sentence
where a person is meant. The names of `fondly bench names` are left out.
"""

from __future__ import annotations

import json
import random
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from rich.progress import track  # noqa: E402

from assistant.bench.names import corpus, spoken, voices  # noqa: E402
from assistant.understanding.lexicon import given_names  # noqa: E402
from assistant.understanding.words import plain_words  # noqa: E402
from speech.stt.moonshine import Moonshine  # noqa: E402

NAMES = 240
SENTENCES = (
    ("I had lunch with {} on Friday.", r"lunch with (.+?),? on friday"),
    ("{} is moving to Boston.", r"^(.+?),? (?:is|was) moving"),
    ("Then {} told me about the garden.", r"^then,? (.+?),? told me"),
    ("I need to call {} about the boat.", r"to call (.+?),? about"),
)


def main() -> None:
    random.seed(0)
    known, _ = corpus()
    benched = {part for person in known for name in (person.name, *person.also) for part in plain_words(name)}
    names = random.sample(sorted(given_names() - benched), NAMES)
    engine, said = Moonshine(), voices()
    with (HERE / "heard.jsonl").open("w", encoding="utf-8") as file:
        for name in track(names, "Speaking and hearing names"):
            for (sentence, around), voice in zip(SENTENCES, random.sample(said, len(SENTENCES)), strict=True):
                text = engine.transcribe(spoken(sentence.format(name.capitalize()), voice)).text
                found = re.search(around, text, re.IGNORECASE)
                if found and 0 < len(found[1]) < 30:
                    file.write(json.dumps({"name": name, "heard": found[1]}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
