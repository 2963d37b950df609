"""Personal data: presidio sentences, multidogo chat, telephone and IBAN references, mail and web addresses."""
import csv
import glob
import json
import os
import re
import sys
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import text_tool as tool

TYPES = {"PERSON": "name", "STREET_ADDRESS": "address", "CREDIT_CARD": "card", "PHONE_NUMBER": "phone", "ZIP_CODE": "zip",
         "EMAIL_ADDRESS": "mail", "DOMAIN_NAME": "url", "IBAN_CODE": "iban", "US_SSN": "national_id", "IP_ADDRESS": "ip",
         "US_DRIVER_LICENSE": "national_id", "AGE": "birth"}
# A date of birth is DATE_TIME there; address and postal code count as one another's.
SAME = {"zip": {"zip", "address"}, "address": {"address", "zip"}, "birth": {"birth", "DATE_TIME"}}

# The plain baseline: what a list of regular expressions finds.
REGEX = [("mail", r"[\w.+-]+@[\w-]+\.[\w.-]+"), ("url", r"https?://\S+|www\.\S+"), ("ip", r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
         ("iban", r"\b[A-Z]{2}\d{2}[A-Z0-9]{10,30}\b"), ("national_id", r"\b\d{3}-\d{2}-\d{4}\b"), ("card", r"\b\d{13,16}\b"),
         ("phone", r"(?:\+\d{1,3}[ -]?)?\(?\d{2,4}\)?[ -]?\d{3}[ -]?\d{3,4}"),
         ("address", r"\d+ (?:[A-Z]\w+ )+(?:Street|Road|Avenue|Drive|Lane|St\.?|Ave\.?|Rd\.?)"),
         ("name", r"(?:Mr|Mrs|Ms|Dr)\. [A-Z]\w+(?: [A-Z]\w+)?|\b[A-Z][a-z]+ [A-Z][a-z]+\b")]


def regex_spans(text):
    out, used = [], [False] * (len(text) + 1)
    for kind, pattern in REGEX:
        for m in re.finditer(pattern, text):
            if not any(used[m.start():m.end()]):
                out.append((kind, m.start(), m.end()))
                used[m.start():m.end()] = [True] * (m.end() - m.start())
    return out


def chars(text, spans):
    """Byte offsets to character offsets."""
    data = text.encode()
    at, k = {}, 0
    for i, ch in enumerate(text):
        at[k] = i
        k += len(ch.encode())
    at[len(data)] = len(text)
    return [(s["type"], at[s["start"]], at[s["end"]]) for s in spans]


def covered(span, others, kinds):
    n = sum(max(0, min(span[2], o[2]) - max(span[1], o[1])) for o in others if o[0] in kinds)
    return 2 * n >= span[2] - span[1]


def score_spans(records, answers):
    """Per type: a gold span is found when at least half of its characters are marked with its type; a mark is right when
    at least half of its characters lie in gold spans of its type. Address and postal code count as one another's."""
    per, seen, total, all_seen, all_total, wrong = {}, 0, 0, 0, 0, []
    for r, got in zip(records, answers):
        gold = [(TYPES.get(s["entity_type"], s["entity_type"]), s["start_position"], s["end_position"]) for s in r["spans"]]
        for g in gold:
            n = sum(max(0, min(g[2], o[2]) - max(g[1], o[1])) for o in got)
            all_seen, all_total = all_seen + n, all_total + g[2] - g[1]
            if g[0] not in TYPES.values():
                continue
            seen, total = seen + n, total + g[2] - g[1]
            p = per.setdefault(g[0], [0, 0, 0, 0])
            p[0] += covered(g, got, SAME.get(g[0], {g[0]}))
            p[1] += 1
            if not covered(g, got, SAME.get(g[0], {g[0]})):
                wrong.append(("-" + g[0], r["full_text"][max(0, g[1] - 30):g[1]] + "<<" + r["full_text"][g[1]:g[2]] + ">>"))
        for o in got:
            if o[0] not in TYPES.values():
                continue
            p = per.setdefault(o[0], [0, 0, 0, 0])
            p[2] += covered(o, gold, SAME.get(o[0], {o[0]}))
            p[3] += 1
            if not covered(o, gold, SAME.get(o[0], {o[0]})):
                wrong.append(("+" + o[0], r["full_text"][max(0, o[1] - 30):o[1]] + "<<" + r["full_text"][o[1]:o[2]] + ">>"))
    out = {}
    for kind, (found, gold_n, right, marked) in per.items():
        p, q = right / marked if marked else 0.0, found / gold_n if gold_n else 0.0
        out[kind] = (p, q, 2 * p * q / (p + q) if p + q else 0.0, gold_n)
    tot = [sum(v[i] for v in per.values()) for i in range(4)]
    p, q = tot[2] / tot[3], tot[0] / tot[1]
    return out, 2 * p * q / (p + q), seen / total, all_seen / all_total, wrong


def presidio(build_dir, base):
    records = json.load(open(os.path.join(base, "presidio/synth_dataset_v2.part.json"), encoding="utf-8"))
    answers = tool.ask(build_dir, [{"op": "pii", "text": r["full_text"]} for r in records])
    got = [chars(r["full_text"], a["spans"]) for r, a in zip(records, answers)]
    per, f1, recall, recall_all, wrong = score_spans(records, got)
    if __name__ == "__main__":
        for w in wrong:
            print(w)
    peer_per, peer_f1, peer_recall, peer_all, _ = score_spans(records, [regex_spans(r["full_text"]) for r in records])
    peer = "regular expressions"
    rows = [tool.row("pii-f1", "presidio sentences: span F1 over the types marked", f1, goal=0.85, peer=peer, peer_figure=peer_f1),
            tool.row("pii-char-recall", "presidio sentences: characters marked, whatever the type", recall, goal=0.95,
                     peer=peer, peer_figure=peer_recall),
            tool.row("pii-char-recall-all", "the same over all labels, organisations and dates included", recall_all,
                     peer=peer, peer_figure=peer_all, note="companies, dates, job titles are not marked by design")]
    for kind in sorted(per):
        p, q, f, n = per[kind]
        rows.append(tool.row("pii-f1-" + kind, "presidio sentences: %s (%d)" % (kind, n), f, peer=peer,
                             peer_figure=peer_per.get(kind, (0, 0, 0, 0))[2], note="precision %.3f, recall %.3f" % (p, q)))
    return rows


SLOTS = {"name": "name", "ssn": "national_id", "card_number": "card", "account_number": "account", "password": "secret",
         "email_address": "mail", "phone_number": "phone", "phonenumber": "phone", "address": "address", "username": "name",
         "claimid": "account", "policyid": "account", "booking_confirmation_number": "account"}


def multidogo(build_dir, base):
    rows = []
    for path in sorted(glob.glob(os.path.join(base, "*/*.tsv"))):
        for line in open(path, encoding="utf-8"):
            f = line.rstrip("\n").split("\t")
            if len(f) == 6 and f[4] != "slot-labels":
                rows.append((f[3].split(" "), f[4].split(" ")))
    answers = tool.ask(build_dir, [{"op": "pii", "text": " ".join(w), "chat": True} for w, _ in rows])
    tp = fp = fn = ptp = pfp = pfn = 0
    per, wrong = {}, {}
    for (words, labels), a in zip(rows, answers):
        text = " ".join(words)
        spans = [s for s in chars(text, a["spans"]) if s[0] not in ("place", "zip")]  # no such slots in the gold labels
        peer = regex_spans(text)
        at = 0
        for w, lab in zip(words, labels):
            here = ("", at, at + len(w))
            mark = [s for s in spans if s[1] < here[2] and s[2] > here[1]]
            gold = lab in SLOTS
            hit = bool(mark)
            tp, fp, fn = tp + (hit and gold), fp + (hit and not gold), fn + (gold and not hit)
            p = any(s[1] < here[2] and s[2] > here[1] for s in peer)
            ptp, pfp, pfn = ptp + (p and gold), pfp + (p and not gold), pfn + (gold and not p)
            if gold:
                c = per.setdefault(lab, [0, 0, 0])
                c[0] += hit
                c[1] += any(s[0] == SLOTS[lab] for s in mark)
                c[2] += 1
            if hit != gold:
                k = ("+%s " % mark[0][0] if hit else "-") + lab
                wrong.setdefault(k, []).append(text.replace(w, "<<%s>>" % w))
            at += len(w) + 1
    if __name__ == "__main__":
        for k, v in sorted(wrong.items(), key=lambda x: -len(x[1]))[:14]:
            print(k, len(v), v[::max(1, len(v) // 12)][:12])
    p, r, f = tool.prf(tp, fp, fn)
    pp, pr, pf = tool.prf(ptp, pfp, pfn)
    peer = "regular expressions"
    out = [tool.row("pii-chat-precision", "multidogo: sensitive tokens, precision", p, peer=peer, peer_figure=pp),
           tool.row("pii-chat-recall", "multidogo: sensitive tokens, recall", r, goal=0.85, peer=peer, peer_figure=pr),
           tool.row("pii-chat-f1", "multidogo: sensitive tokens, F1", f, goal=0.75, peer=peer, peer_figure=pf)]
    for lab, (hit, right, n) in sorted(per.items()):
        out.append(tool.row("pii-chat-" + lab, "multidogo: %s tokens marked (%d)" % (lab, n), hit / n,
                            note="with the type expected: %.3f" % (right / n)))
    return out


def references(build_dir, base):
    asked, codes = [], []
    tree = ET.parse(os.path.join(base, "phone/PhoneNumberMetadata.xml"))
    for terr in tree.getroot().iter("territory"):
        for ex in terr.iter("exampleNumber"):
            number = "+%s %s" % (terr.get("countryCode"), ex.text)
            asked.append({"op": "pii", "text": "Call " + number + " today", "phone": number})
            codes.append(int(terr.get("countryCode")))
    got = tool.ask(build_dir, asked)
    hit = [any(s["type"] == "phone" and s["end"] - s["start"] == len(q["phone"]) for s in a["spans"]) and a["code"] == c
           for q, a, c in zip(asked, got, codes)]
    if __name__ == "__main__":
        print([q["phone"] for q, h in zip(asked, hit) if not h][:40])
    rows = [tool.row("pii-phone-regions", "example numbers of all regions and types, recognised with their country code",
                     sum(hit) / len(hit), goal=0.99, note="%d numbers" % len(hit))]
    ibans, bad = [], []
    for country, spec in json.load(open(os.path.join(base, "iban/generated.json"))).items():
        body = "".join({"n": "7", "a": "K", "c": "5"}[k] * int(n) for n, k in re.findall(r"(\d+)!?([nac])", spec["bban_spec"]))
        digits = "".join(str(int(c, 36)) for c in body + country + "00")
        check = 98 - int(digits) % 97
        ibans.append("%s%02d%s" % (country, check, body))
        bad.append("%s%02d%s" % (country, (check + 13) % 97 + 1 if (check + 13) % 97 + 1 != check else check - 1, body))
    good = [bool(a["valid"]) for a in tool.ask(build_dir, [{"op": "iban", "text": i} for i in ibans])]
    false = [bool(a["valid"]) for a in tool.ask(build_dir, [{"op": "iban", "text": i} for i in bad])]
    rows.append(tool.row("pii-iban", "IBANs of all registered countries, check digits right", sum(good) / len(good), goal=1.0))
    rows.append(tool.row("pii-iban-wrong", "the same with wrong check digits, accepted", sum(false) / len(false),
                         note="lower is better"))
    for kind, want in (("mailbox", "mail"), ("url", "url")):
        for share in ("valid", "invalid"):
            lines = [line.rstrip("\n") for line in open(os.path.join(base, "flanker-addr/%s_%s.txt" % (kind, share)), encoding="utf-8", errors="replace")]
            lines = [re.split(r"\s{3,}#", x)[0].strip() for x in lines if x.strip() and not x.startswith("#")]
            ans = tool.ask(build_dir, [{"op": "pii", "text": x} for x in lines])
            hits = [any(s["type"] == want and 2 * (s["end"] - s["start"]) >= len(x.encode()) for s in a["spans"])
                    for x, a in zip(lines, ans)]
            rows.append(tool.row("pii-%s-%s" % (kind, share), "flanker %s, %s: marked" % (kind, share), sum(hits) / len(hits),
                                 note="%d lines%s" % (len(hits), "" if share == "valid" else "; a redactor marks near misses too")))
            if __name__ == "__main__" and share == "valid":
                print([x for x, h in zip(lines, hits) if not h])
    return rows


def earnings(build_dir, base):
    """PERSON in speech: token recall and precision, entity recall."""
    tp = fp = fn = whole = entities = 0
    for path in sorted(glob.glob(os.path.join(base, "nlp/*.nlp"))):
        tags = json.load(open(os.path.join(base, "wer_tags", os.path.basename(path)[:-4] + ".wer_tag.json"), encoding="utf-8"))
        people = {k for k, v in tags.items() if v["entity_type"] == "PERSON"}
        turns, last = [], None
        for row in csv.DictReader(open(path, encoding="utf-8"), delimiter="|", quoting=csv.QUOTE_NONE):
            ids = {i for i in re.findall(r"\d+", row["wer_tags"] or "")} & people
            if row["speaker"] != last:
                turns.append([])
                last = row["speaker"]
            turns[-1].append((row["token"] + (row["punctuation"] or ""), ids))
        answers = tool.ask(build_dir, [{"op": "pii", "text": " ".join(t for t, _ in turn)} for turn in turns])
        done = {}
        for turn, a in zip(turns, answers):
            text = " ".join(t for t, _ in turn)
            spans = [s for s in chars(text, a["spans"]) if s[0] == "name"]
            at = 0
            for t, ids in turn:
                hit = any(s[1] < at + len(t) and s[2] > at for s in spans)
                tp, fp, fn = tp + (hit and bool(ids)), fp + (hit and not ids), fn + (bool(ids) and not hit)
                for i in ids:
                    done[i] = done.get(i, True) and hit
                at += len(t) + 1
        whole, entities = whole + sum(done.values()), entities + len(done)
    p, r, f = tool.prf(tp, fp, fn)
    return [tool.row("pii-speech-precision", "earnings21: tokens of persons, precision", p),
            tool.row("pii-speech-recall", "earnings21: tokens of persons, recall", r, goal=0.85),
            tool.row("pii-speech-entities", "earnings21: persons redacted whole", whole / entities)]


def run(build_dir, data_dir):
    base = os.path.join(data_dir, "pii")
    return (presidio(build_dir, base) + multidogo(build_dir, os.path.join(data_dir, "multidogo")) + references(build_dir, base) +
            earnings(build_dir, os.path.join(data_dir, "earnings21")))


if __name__ == "__main__":
    for r in run(sys.argv[1], sys.argv[2]):
        print(r)
