"""usage: embed_peer.py onnx|onnx-int8|st DEPS FILE THREADS
One text a line of FILE through ONNX Runtime or sentence-transformers, with the same weights, length-sorted batches of 32.
Loading and one warm-up batch are not timed. Prints one JSON object. Runs in .deps/bench."""
import json
import sys
import time


def onnx(deps, texts, threads, quantised):
    import numpy
    import onnxruntime
    from tokenizers import Tokenizer
    model = f"{deps}/bench/minilm.onnx"
    if quantised:
        model = quantised_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(f"{deps}/models/all-MiniLM-L6-v2/tokenizer.json")
    tokenizer.enable_truncation(512)
    tokenizer.no_padding()

    def batch(some):
        rows = tokenizer.encode_batch(some)
        width = max(len(r.ids) for r in rows)
        ids = numpy.zeros((len(rows), width), numpy.int64)
        mask = numpy.zeros_like(ids)
        for i, r in enumerate(rows):
            ids[i, :len(r.ids)] = r.ids
            mask[i, :len(r.ids)] = 1
        session.run(None, {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)})
        return int(mask.sum())
    return batch


def quantised_model(model):
    import logging
    import os
    import tempfile
    from onnxruntime.quantization import QuantType, quantize_dynamic
    logging.disable(logging.WARNING)
    path = os.path.join(tempfile.gettempdir(), f"harken-bench-{os.getuid()}-{os.getpid()}-int8.onnx")
    quantize_dynamic(model, path, weight_type=QuantType.QInt8)
    import atexit
    atexit.register(os.unlink, path)
    return path


def sentence_transformers(deps, threads):
    import os
    os.environ["HF_HUB_OFFLINE"] = "1"
    import torch
    from sentence_transformers import SentenceTransformer
    torch.set_num_threads(threads)
    model = SentenceTransformer(f"{deps}/models/all-MiniLM-L6-v2", device="cpu")
    model.max_seq_length = 512

    def batch(some):
        model.encode(some, batch_size=32, show_progress_bar=False, normalize_embeddings=True)
        return 0
    return batch


def main():
    kind, deps, path, threads = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    texts = [line for line in open(path, encoding="utf-8").read().split("\n") if line]
    batch = sentence_transformers(deps, threads) if kind == "st" else onnx(deps, texts, threads, kind == "onnx-int8")
    batch(texts[:8])
    start, tokens = time.monotonic(), 0
    texts.sort(key=len)
    for i in range(0, len(texts), 32):
        tokens += batch(texts[i:i + 32])
    print(json.dumps({"texts": len(texts), "tokens": tokens, "seconds": time.monotonic() - start}))


main()
