"""Real models of transformers of a few numbers, made here and saved to folders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

_PICTURES = {
    "do_resize": True, "do_rescale": True, "do_normalize": True, "resample": 2, "rescale_factor": 1 / 255,
    "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "size": {"height": 28, "width": 28},
}  # fmt: skip
_SIZES = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}


def _saved(folder: Path, model: type, config: Any, processor: dict[str, Any], seed: int) -> Path:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model(config).save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(processor), "utf-8")
    return folder


def dinov2_folder(folder: Path, seed: int = 0) -> Path:
    """Width 16, pictures of 28 x 28."""
    from transformers import Dinov2Config, Dinov2Model

    config = Dinov2Config(**_SIZES, image_size=28, patch_size=14, initializer_range=0.5)
    processor = {**_PICTURES, "image_processor_type": "BitImageProcessor", "do_center_crop": False}
    return _saved(folder, Dinov2Model, config, processor, seed)


def classifier_folder(folder: Path) -> Path:
    """A ViT for classes, whose files have no pooler."""
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(**_SIZES, image_size=28, patch_size=14, initializer_range=0.5)
    processor = {**_PICTURES, "image_processor_type": "ViTImageProcessor"}
    return _saved(folder, ViTForImageClassification, config, processor, 0)


def clip_folder(folder: Path) -> Path:
    """A CLIP of pictures and texts, which projects to width 6."""
    from transformers import CLIPConfig, CLIPModel

    config = CLIPConfig(
        text_config={**_SIZES, "vocab_size": 20, "eos_token_id": 2, "bos_token_id": 1},
        vision_config={**_SIZES, "image_size": 28, "patch_size": 14}, projection_dim=6,
    )  # fmt: skip
    processor = {**_PICTURES, "image_processor_type": "CLIPImageProcessor", "do_center_crop": False}
    return _saved(folder, CLIPModel, config, processor, 0)


def wav2vec2_folder(folder: Path) -> Path:
    """Width 16, recordings at 16,000 Hz."""
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    config = Wav2Vec2Config(
        **_SIZES, conv_dim=(8, 8), conv_stride=(10, 8), conv_kernel=(20, 8), num_feat_extract_layers=2,
        num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, vocab_size=10,
    )  # fmt: skip
    processor = {
        "feature_extractor_type": "Wav2Vec2FeatureExtractor", "feature_size": 1, "sampling_rate": 16000,
        "padding_value": 0.0, "do_normalize": True, "return_attention_mask": False,
    }  # fmt: skip
    return _saved(folder, Wav2Vec2Model, config, processor, 0)
