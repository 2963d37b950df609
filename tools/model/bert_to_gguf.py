#!/usr/bin/env python3
"""Converts a BERT sentence encoder (sentence-transformers folder, safetensors) to GGUF, the format llama.cpp loads.

usage: bert_to_gguf.py [--type f32|f16|bf16|q8_0] [--name NAME] MODEL_FOLDER OUT.gguf

MODEL_FOLDER holds config.json, model.safetensors, vocab.txt, tokenizer_config.json, modules.json and the pooling
module's config.json. Matrices are stored in --type (f16 unless said otherwise), vectors (norms, biases) and the
position and token-type tables in f32. The pooling kind comes from the model's own configuration; normalisation to
unit length is left to the caller, as llama.cpp does. The layout written is GGUF version 3, little-endian.

The output depends on the input alone: the same weights give the same bytes.
"""
import argparse
import json
import pathlib
import struct
import sys

import numpy as np

# GGUF value types and ggml tensor types (gguf.h, ggml.h).
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
TENSOR_TYPES = {"f32": 0, "f16": 1, "q8_0": 8, "bf16": 30}
FILE_TYPES = {"f32": 0, "f16": 1, "q8_0": 7, "bf16": 32}
POOLING = {"mean": 1, "cls": 2, "lasttoken": 3}
TOKEN_NORMAL, TOKEN_UNKNOWN, TOKEN_CONTROL = 1, 2, 3
ALIGNMENT = 32
Q8_BLOCK = 32

# Where each of BERT's tensors goes; {} is the layer's number.
TABLES = {
    "embeddings.word_embeddings.weight": "token_embd.weight",
    "embeddings.position_embeddings.weight": "position_embd.weight",
    "embeddings.token_type_embeddings.weight": "token_types.weight",
    "embeddings.LayerNorm.weight": "token_embd_norm.weight",
    "embeddings.LayerNorm.bias": "token_embd_norm.bias",
}
LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
KEPT_F32 = ("position_embd.weight", "token_types.weight")


def fail(why):
    sys.exit(f"bert_to_gguf: {why}")


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        fail(f"cannot read {path}: {problem}")


def read_safetensors(path):
    """All f32 tensors of the file by name, mapped, not copied."""
    with open(path, "rb") as f:
        head_bytes = struct.unpack("<Q", f.read(8))[0]
        head = json.loads(f.read(head_bytes))
    data = np.memmap(path, dtype=np.uint8, mode="r", offset=8 + head_bytes)
    tensors = {}
    for name, row in head.items():
        if name == "__metadata__" or row["dtype"] != "F32":
            continue  # position_ids is a counter, not a weight
        start, end = row["data_offsets"]
        tensors[name.removeprefix("bert.")] = data[start:end].view("<f4").reshape(row["shape"])
    return tensors


def tensor_names(layers):
    """Pairs of (source name, GGUF name), in the order of the file written."""
    yield from TABLES.items()
    for i in range(layers):
        for source, target in LAYER.items():
            for part in ("weight", "bias"):
                yield f"encoder.layer.{i}.{source}.{part}", f"blk.{i}.{target}.{part}"


def quantise_q8(values):
    """Blocks of 32 values: an f16 scale, then 32 signed bytes (ggml's q8_0)."""
    blocks = values.reshape(-1, Q8_BLOCK).astype(np.float32)
    scale = np.abs(blocks).max(axis=1, keepdims=True) / 127
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale > 0)
    out = np.empty(len(blocks), dtype=[("scale", "<f2"), ("q", "i1", Q8_BLOCK)])
    out["scale"] = scale[:, 0]
    out["q"] = np.rint(blocks * inverse)
    return out.tobytes()


def round_bf16(values):
    """The upper half of each f32, rounded to the nearest, ties to even."""
    bits = np.ascontiguousarray(values, dtype="<f4").view("<u4").astype(np.uint64)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype("<u2").tobytes()


def encode(name, values, wanted):
    """The tensor's stored type and bytes."""
    if values.ndim == 1 or name in KEPT_F32 or wanted == "f32":
        return "f32", np.ascontiguousarray(values, dtype="<f4").tobytes()
    if wanted == "q8_0" and values.shape[-1] % Q8_BLOCK == 0:
        return "q8_0", quantise_q8(values)
    if wanted == "bf16" and name != "token_embd.weight":  # a table of rows, never multiplied: keep the better digits
        return "bf16", round_bf16(values)
    return "f16", values.astype("<f2").tobytes()


def text(s):
    raw = s.encode("utf-8")
    return struct.pack("<Q", len(raw)) + raw


def value(kind, v):
    if kind == STRING:
        return text(v)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], v)


def pair(key, kind, v):
    return text(key) + struct.pack("<i", kind) + value(kind, v)


def array(key, kind, items):
    head = text(key) + struct.pack("<iiQ", ARRAY, kind, len(items))
    return head + b"".join(value(kind, v) for v in items)


def phantom(token):
    """llama.cpp marks where a word begins; WordPiece marks where one goes on."""
    return token[2:] if token.startswith("##") else "\u2581" + token


def tokenizer(folder, config):
    settings = read_json(folder / "tokenizer_config.json")
    words = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    if words and words[-1] == "":
        words.pop()
    if len(words) != config["vocab_size"]:
        fail(f"vocab.txt has {len(words)} entries, config.json says {config['vocab_size']}")
    special = {k: settings[f"{k}_token"] for k in ("cls", "sep", "pad", "mask", "unk")}
    control = {v for k, v in special.items() if k != "unk"}
    ids = {k: words.index(v) for k, v in special.items()}

    tokens, types = [], []
    for word in words:
        kind = TOKEN_CONTROL if word in control else TOKEN_UNKNOWN if word == special["unk"] else TOKEN_NORMAL
        tokens.append(phantom(word) if kind == TOKEN_NORMAL else word)
        types.append(kind)
    lower = bool(settings.get("do_lower_case", True))
    strip = settings.get("strip_accents")
    return [
        pair("tokenizer.ggml.model", STRING, "bert"),
        pair("tokenizer.ggml.pre", STRING, "default"),
        array("tokenizer.ggml.tokens", STRING, tokens),
        array("tokenizer.ggml.token_type", I32, types),
        pair("tokenizer.ggml.token_type_count", U32, config.get("type_vocab_size", 1)),
        pair("tokenizer.ggml.bos_token_id", U32, ids["cls"]),
        pair("tokenizer.ggml.cls_token_id", U32, ids["cls"]),
        pair("tokenizer.ggml.seperator_token_id", U32, ids["sep"]),  # llama.cpp's spelling
        pair("tokenizer.ggml.padding_token_id", U32, ids["pad"]),
        pair("tokenizer.ggml.mask_token_id", U32, ids["mask"]),
        pair("tokenizer.ggml.unknown_token_id", U32, ids["unk"]),
        pair("tokenizer.ggml.normalizer.lowercase", BOOL, lower),
        pair("tokenizer.ggml.normalizer.strip_accents", BOOL, lower if strip is None else bool(strip)),
    ]


def pooling_kind(folder):
    for module in read_json(folder / "modules.json"):
        if module["type"].endswith("Pooling"):
            chosen = read_json(folder / module["path"] / "config.json")
            kinds = [k for k in POOLING if chosen.get(f"pooling_mode_{k}_tokens" if k != "lasttoken"
                                                       else "pooling_mode_lasttoken")
                     or (k == "cls" and chosen.get("pooling_mode_cls_token"))]
            if len(kinds) == 1:
                return kinds[0]
    fail("the model's pooling is not one of mean, cls, last token")


def metadata(folder, config, args):
    if config.get("model_type") != "bert" or config.get("position_embedding_type", "absolute") != "absolute":
        fail("only BERT with absolute positions can be converted")
    if config.get("hidden_act") != "gelu":
        fail(f"activation {config.get('hidden_act')!r} is not supported")
    sequence = read_json(folder / "sentence_bert_config.json").get("max_seq_length", config["max_position_embeddings"])
    pooling = pooling_kind(folder)
    return [
        pair("general.architecture", STRING, "bert"),
        pair("general.type", STRING, "model"),
        pair("general.name", STRING, args.name or folder.name),
        pair("general.description", STRING,
             f"sentence encoder; matrices {args.type}, vectors f32; {pooling} pooling, normalise to unit length"),
        pair("general.file_type", U32, FILE_TYPES[args.type]),
        pair("general.quantization_version", U32, 2),
        pair("general.alignment", U32, ALIGNMENT),
        pair("bert.context_length", U32, config["max_position_embeddings"]),
        pair("bert.embedding_length", U32, config["hidden_size"]),
        pair("bert.feed_forward_length", U32, config["intermediate_size"]),
        pair("bert.block_count", U32, config["num_hidden_layers"]),
        pair("bert.attention.head_count", U32, config["num_attention_heads"]),
        pair("bert.attention.layer_norm_epsilon", F32, config["layer_norm_eps"]),
        pair("bert.attention.causal", BOOL, False),
        pair("bert.pooling_type", U32, POOLING[pooling]),
        pair("harken.sequence_tokens", U32, sequence),
        pair("harken.precision", STRING, args.type),
        pair("harken.pooling", STRING, pooling),
    ]


def pad(size):
    return -size % ALIGNMENT


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--type", choices=TENSOR_TYPES, default="f16")
    parser.add_argument("--name")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()

    config = read_json(args.folder / "config.json")
    weights = read_safetensors(args.folder / "model.safetensors")
    pairs = metadata(args.folder, config, args) + tokenizer(args.folder, config)

    heads, bodies, offset = [], [], 0
    for source, target in tensor_names(config["num_hidden_layers"]):
        if source not in weights:
            fail(f"model.safetensors lacks {source}")
        values = weights[source]
        kind, raw = encode(target, values, args.type)
        shape = values.shape[::-1]  # ggml names the fastest dimension first
        heads.append(text(target) + struct.pack(f"<I{len(shape)}q", len(shape), *shape)
                     + struct.pack("<iQ", TENSOR_TYPES[kind], offset))
        bodies.append(raw + bytes(pad(len(raw))))
        offset += len(bodies[-1])

    head = b"GGUF" + struct.pack("<Iqq", 3, len(heads), len(pairs)) + b"".join(pairs) + b"".join(heads)
    part = args.out.with_suffix(".part")
    with open(part, "wb") as f:
        f.write(head + bytes(pad(len(head))))
        f.writelines(bodies)
    part.replace(args.out)
    print(f"{args.out}: {len(heads)} tensors, matrices {args.type}, {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
