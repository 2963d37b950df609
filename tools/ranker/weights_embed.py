"""Turns src/search/ranker_weights.txt into a C table: weights_embed.py INPUT OUTPUT."""

import sys


def main(source, target):
    rows = []
    with open(source, encoding="utf-8") as f:
        for line in f:
            part = line.split()
            if part and not line.startswith("#"):
                rows.append((int(part[0]), part[1], float(part[2])))
    with open(target, "w", encoding="utf-8") as f:
        f.write('/* Made from ranker_weights.txt by tools/ranker/weights_embed.py. */\n#include "search/rank_weights.h"\n\n')
        f.write("const struct rank_weight rank_weights[] = {\n")
        f.writelines(f'    {{{stage}, "{name}", {value!r}}},\n' for stage, name, value in rows)
        f.write("};\nconst size_t rank_weights_n = sizeof rank_weights / sizeof rank_weights[0];\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
