#!/usr/bin/env python3
"""Turns src/insight/said_weights.txt into C tables: said_embed.py INPUT OUTPUT.

Pairs are found by open addressing; insight/said.c has the same hash.
"""
import sys

ZERO, WIDTH, SLOTS = ord("O"), 32, 1 << 14


def row(text):
    return [ord(c) - ZERO for c in text] + [0] * (WIDTH - len(text))


def slot(first, second):
    return ((first << 16 | second) * 0x9e3779b1 & 0xffffffff) >> 18


def main(source, target):
    gates, offsets, asks, words, pairs = [], [], [], [], []
    with open(source, encoding="utf-8") as f:
        for line in f:
            key, *part = line.rstrip("\n").split(" ")
            if key == "gates":
                gates = [int(x) for x in part]
            elif key == "offsets":
                offsets = [int(x) for x in part]
            elif key == "asks":
                asks = row(part[0])
            elif key == "word":
                words.append((part[0], row(part[1]), row(part[2])[:4]))
            elif key == "pair":
                pairs.append((part[0], part[1], row(part[2])))
    number = {"dropped": 0, "^": 1, "-": 2}  # begin of a sentence; a word that is in no pair
    for name in sorted({n for n, *_ in words} | {n for p in pairs for n in p[:2]}):
        number.setdefault(name, len(number))
    keyed = sorted((number[a], number[b], r) for a, b, r in pairs)
    table = [0] * SLOTS
    assert 2 * len(keyed) < SLOTS, "raise SLOTS, and in insight/said.c"
    for n, (a, b, _) in enumerate(keyed, 1):
        at = slot(a, b)
        while table[at]:
            at = (at + 1) % SLOTS
        table[at] = n

    def braced(values):
        return "{" + ", ".join(map(str, values)) + "}"
    with open(target, "w", encoding="ascii") as f:
        f.write("/* Made from said_weights.txt by tools/text/said_embed.py. */\n#include \"insight/said_weights.h\"\n\n")
        f.write(f"const int said_offsets[SAID_WIDTH] = {braced(offsets + [0] * (WIDTH - len(offsets)))};\n")
        f.write(f"const int said_gates[SAID_GATES] = {braced(gates)};\n")
        f.write("const int16_t said_gate_words[][SAID_GATES_WIDTH] = {\n" + "".join(f"    {braced(g)},\n" for g in [[0] * 4] + [g for _, _, g in words]) + "};\n")
        f.write(f"const int8_t said_asks[SAID_WIDTH] = {braced(asks)};\n")
        f.write(f"const uint32_t said_words_n = {len(words)};\n")
        f.write(f"const uint16_t said_symbols[] = {braced([0] + [number[n] for n, *_ in words])};\n")
        f.write("const int8_t said_words[][SAID_WIDTH] = {\n" + "".join(f"    {braced(r)},\n" for r in [[0] * WIDTH] + [r for _, r, _ in words]) + "};\n")
        f.write("const struct said_pair said_pairs[] = {\n" + "".join(f"    {braced([a, b])},\n" for a, b in [(0, 0)] + [p[:2] for p in keyed]) + "};\n")
        f.write("const int8_t said_pair_rows[][SAID_WIDTH] = {\n" + "".join(f"    {braced(r)},\n" for r in [[0] * WIDTH] + [p[2] for p in keyed]) + "};\n")
        f.write(f"const uint16_t said_slots[SAID_SLOTS] = {braced(table)};\n")


main(sys.argv[1], sys.argv[2])
