"""Real models of a few numbers, made here: of sentence-transformers (a random BERT) and of model2vec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

WORDS = [
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *("the", "a", "cat", "dog", "cats", "dogs", "birds", "sat", "ran", "away", "and"),
]
LETTERS = [chr(code) for code in range(97, 123)]


def bert_folder(folder: Path, seed: int = 0) -> Path:
    """The folder of a SentenceTransformer of width 16 that reads eight tokens."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder.mkdir(parents=True)
    pieces = [*WORDS, *LETTERS, *(f"##{letter}" for letter in LETTERS)]
    (folder / "vocab.txt").write_text("\n".join(pieces), "utf-8")
    tokenizer = BertTokenizerFast(vocab_file=str(folder / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(pieces), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=32, initializer_range=1.0,
    )  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        BertModel(config).save_pretrained(folder / "bert")
    tokenizer.save_pretrained(folder / "bert")
    modules = [Transformer(str(folder / "bert"), max_seq_length=8), Pooling(16)]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder / "model"))
    return folder / "model"


def static_model(seed: int = 0) -> Any:
    """A StaticModel of width 8, in memory."""
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.random.RandomState(seed).normal(size=(len(WORDS), 8)).astype(np.float32)
    return StaticModel(vectors, tokenizer)


def hub_cache(folder: Path, name: str, model: Path, commit: str = "0123456789abcdef0123456789abcdef01234567") -> Path:
    """A hub's cache in which the model of a folder was downloaded under this id."""
    own = folder / f"models--{name.replace('/', '--')}"
    (own / "refs").mkdir(parents=True)
    (own / "refs" / "main").write_text(commit, "utf-8")
    (own / "snapshots").mkdir()
    model.rename(own / "snapshots" / commit)
    return folder
