#!/usr/bin/env python3
"""Writes a tiny Llama with random weights as GGUF: it says nothing sensible, but it is a real language model to run.

usage: tiny_llama.py [--seed N] [--name NAME] [--template TEXT] OUT.gguf

Vocabulary: one token for each byte and each of a few words, and the special tokens of the ChatML prompts. The output depends
on the arguments alone. --template puts a chat template into the file, which Harken must ignore.
"""
import argparse
import pathlib
import struct

import numpy as np

from bert_to_gguf import ALIGNMENT, F32, I32, STRING, U32, array, pad, pair, text

WIDTH, HEADS, LAYERS, HIDDEN, CONTEXT = 64, 4, 2, 128, 512
WORDS = "the a to of and in is it you that he was for on are with as his they be at one have this from".split()
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def vocabulary():
    """Tokens, scores and types in llama.cpp's SentencePiece form."""
    rows = [("<unk>", 0.0, UNKNOWN), ("<s>", 0.0, CONTROL), ("</s>", 0.0, CONTROL)]
    rows += [(f"<0x{b:02X}>", 0.0, BYTE) for b in range(256)]
    rows += [("\u2581", -1.0, NORMAL)] + [("\u2581" + w, -2.0 - i, NORMAL) for i, w in enumerate(WORDS)]
    rows += [("<|im_start|>", 0.0, CONTROL), ("<|im_end|>", 0.0, CONTROL)]
    return [list(column) for column in zip(*rows)]


def weights(vocab, seed):
    random = np.random.default_rng(seed)

    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) * 0.2).astype("<f4")

    yield "token_embd.weight", matrix(vocab, WIDTH)
    for i in range(LAYERS):
        yield f"blk.{i}.attn_norm.weight", np.ones(WIDTH, "<f4")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield f"blk.{i}.{part}.weight", matrix(WIDTH, WIDTH)
        yield f"blk.{i}.ffn_norm.weight", np.ones(WIDTH, "<f4")
        yield f"blk.{i}.ffn_gate.weight", matrix(HIDDEN, WIDTH)
        yield f"blk.{i}.ffn_up.weight", matrix(HIDDEN, WIDTH)
        yield f"blk.{i}.ffn_down.weight", matrix(WIDTH, HIDDEN)
    yield "output_norm.weight", np.ones(WIDTH, "<f4")
    yield "output.weight", matrix(vocab, WIDTH)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="tiny-llama")
    parser.add_argument("--template")
    parser.add_argument("--context", type=int, default=CONTEXT, help="tokens it says it was trained on")
    parser.add_argument("out", type=pathlib.Path)
    args = parser.parse_args()
    tokens, scores, types = vocabulary()
    pairs = [
        pair("general.architecture", STRING, "llama"),
        pair("general.type", STRING, "model"),
        pair("general.name", STRING, args.name),
        pair("general.alignment", U32, ALIGNMENT),
        pair("llama.context_length", U32, args.context),
        pair("llama.embedding_length", U32, WIDTH),
        pair("llama.block_count", U32, LAYERS),
        pair("llama.feed_forward_length", U32, HIDDEN),
        pair("llama.attention.head_count", U32, HEADS),
        pair("llama.attention.head_count_kv", U32, HEADS),
        pair("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        pair("llama.rope.dimension_count", U32, WIDTH // HEADS),
        pair("llama.vocab_size", U32, len(tokens)),
        pair("tokenizer.ggml.model", STRING, "llama"),
        array("tokenizer.ggml.tokens", STRING, tokens),
        array("tokenizer.ggml.scores", F32, scores),
        array("tokenizer.ggml.token_type", I32, types),
        pair("tokenizer.ggml.bos_token_id", U32, 1),
        pair("tokenizer.ggml.eos_token_id", U32, len(tokens) - 1),
        pair("tokenizer.ggml.unknown_token_id", U32, 0),
    ]
    if args.template:
        pairs.append(pair("tokenizer.chat_template", STRING, args.template))
    heads, bodies, offset = [], [], 0
    for name, values in weights(len(tokens), args.seed):
        raw, shape = values.tobytes(), values.shape[::-1]  # ggml names the fastest dimension first
        heads.append(text(name) + struct.pack(f"<I{len(shape)}q", len(shape), *shape) + struct.pack("<iQ", 0, offset))
        bodies.append(raw + bytes(pad(len(raw))))
        offset += len(bodies[-1])
    head = b"GGUF" + struct.pack("<Iqq", 3, len(heads), len(pairs)) + b"".join(pairs) + b"".join(heads)
    args.out.write_bytes(head + bytes(pad(len(head))) + b"".join(bodies))
    print(f"{args.out}: {len(heads)} tensors, {args.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
