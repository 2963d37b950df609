"""all-MiniLM-L6-v2 from its safetensors file, run by ONNX Runtime: the graph is written here, layer by layer.
Mean pooling over all tokens, then unit length; texts are cut at 512 word pieces, as the embedding engine does."""

import hashlib
import json
import os

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

LAYERS, HEADS, WIDTH, TOKENS_MAX, BATCH_TOKENS = 6, 12, 384, 512, 1024


class Graph:
    def __init__(self, weights):
        self.w = {k.removeprefix("bert."): v.astype(np.float32) for k, v in weights.items()}
        self.nodes, self.constants = [], []

    def const(self, value):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def ints(self, *value):
        return self.const(np.array(value, np.int64))

    def op(self, kind, *inputs, out=None, **attributes):
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def norm(self, x, name):
        weight, bias = self.const(self.w[name + ".weight"]), self.const(self.w[name + ".bias"])
        return self.op("LayerNormalization", x, weight, bias, axis=-1, epsilon=1e-12)

    def linear(self, x, name, scale=1.0):
        scale = np.float32(scale)
        y = self.op("MatMul", x, self.const(self.w[name + ".weight"].T * scale))
        return self.op("Add", y, self.const(self.w[name + ".bias"] * scale))

    def embeddings(self):
        e = "embeddings."
        length = self.op("Gather", self.op("Shape", "ids"), self.const(np.array(1, np.int64)))
        at = self.op("Range", self.const(np.array(0, np.int64)), length, self.const(np.array(1, np.int64)))
        x = self.op("Gather", self.const(self.w[e + "word_embeddings.weight"]), "ids")
        x = self.op("Add", x, self.op("Gather", self.const(self.w[e + "position_embeddings.weight"]), at))
        x = self.op("Add", x, self.const(self.w[e + "token_type_embeddings.weight"][0]))
        return self.norm(x, e + "LayerNorm")

    def heads(self, x, perm):
        y = self.op("Reshape", x, self.ints(0, 0, HEADS, WIDTH // HEADS))
        return self.op("Transpose", y, perm=perm)

    def layer(self, x, i, bias):
        p = f"encoder.layer.{i}."
        q = self.heads(self.linear(x, p + "attention.self.query", (WIDTH // HEADS) ** -0.5), [0, 2, 1, 3])
        k = self.heads(self.linear(x, p + "attention.self.key"), [0, 2, 3, 1])
        v = self.heads(self.linear(x, p + "attention.self.value"), [0, 2, 1, 3])
        share = self.op("Softmax", self.op("Add", self.op("MatMul", q, k), bias), axis=-1)
        y = self.op("Transpose", self.op("MatMul", share, v), perm=[0, 2, 1, 3])
        y = self.linear(self.op("Reshape", y, self.ints(0, 0, WIDTH)), p + "attention.output.dense")
        x = self.norm(self.op("Add", y, x), p + "attention.output.LayerNorm")
        y = self.linear(self.op("Gelu", self.linear(x, p + "intermediate.dense")), p + "output.dense")
        return self.norm(self.op("Add", y, x), p + "output.LayerNorm")

    def model(self):
        mask = self.op("Unsqueeze", "mask", self.ints(1, 2))
        bias = self.op("Mul", self.op("Sub", self.const(np.float32(1)), mask), self.const(np.float32(-1e9)))
        x = self.embeddings()
        for i in range(LAYERS):
            x = self.layer(x, i, bias)
        x = self.op("Mul", x, self.op("Unsqueeze", "mask", self.ints(2)))
        self.op("LpNormalization", self.op("ReduceSum", x, self.ints(1), keepdims=0), out="out", axis=-1, p=2)
        inputs = [
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["b", "s"]),
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, ["b", "s"]),
        ]
        outputs = [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["b", WIDTH])]
        graph = helper.make_graph(self.nodes, "minilm", inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)])
        model.ir_version = 9
        return model.SerializeToString()


class Embedder:
    """`folder`: with model.safetensors and tokenizer.json. Vectors are kept in `cache` by the hash of their texts."""

    def __init__(self, folder, cache=None):
        self.folder, self.cache, self.session = folder, cache, None
        self.tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(TOKENS_MAX)

    def __call__(self, texts):
        path = None
        if self.cache:
            os.makedirs(self.cache, exist_ok=True)
            key = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:32]
            path = os.path.join(self.cache, key + ".npy")
            if os.path.exists(path):
                return np.load(path)
        vectors = self._run(texts)
        if path:
            np.save(path, vectors)
        return vectors

    def _run(self, texts):
        if not self.session:
            graph = Graph(load_file(os.path.join(self.folder, "model.safetensors"))).model()
            self.session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
        ids = [e.ids for e in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        out, at = np.zeros((len(ids), WIDTH), np.float32), 0
        while at < len(order):
            end = at + 1
            while end < len(order) and (end + 1 - at) * len(ids[order[end]]) <= BATCH_TOKENS:
                end += 1
            batch, width = order[at:end], len(ids[order[end - 1]])
            tokens, mask = np.zeros((len(batch), width), np.int64), np.zeros((len(batch), width), np.float32)
            for row, i in enumerate(batch):
                tokens[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = 1
            out[batch] = self.session.run(None, {"ids": tokens, "mask": mask})[0]
            at = end
        return out
