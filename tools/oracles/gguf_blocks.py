#!/usr/bin/env python3
"""Makes luthier-engine/src/test/resources/ai/luthier/engine/gguf/blocks.json: random rows, the bytes that ggml's own quantisers make of them
(libggml-base of llama-cpp-python), and what the gguf package reads out of these bytes. Base64 of little-endian arrays; numbers only.

    .venv-oracles/bin/python tools/oracles/gguf_blocks.py > luthier-engine/src/test/resources/ai/luthier/engine/gguf/blocks.json
"""
import base64
import ctypes
import json
import pathlib

import llama_cpp
import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGML_QUANT_SIZES, dequantize

COLUMNS = 256


def rows():
    random = np.random.default_rng(20261122)
    return np.stack([
        random.normal(0, 0.02, COLUMNS),
        random.normal(0.3, 1.0, COLUMNS),
        np.where(random.random(COLUMNS) < 0.9, 0, random.normal(0, 5, COLUMNS)),  # mostly zeros, groups of nothing but zeros
        random.standard_cauchy(COLUMNS) * 0.01,  # outliers
        -np.abs(random.normal(0, 0.1, COLUMNS)),  # one sign
        np.zeros(COLUMNS),
        np.full(COLUMNS, 0.75),
    ]).astype(np.float32)


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    library = ctypes.CDLL(str(next((pathlib.Path(llama_cpp.__file__).parent / "lib").glob("libggml-base.so*"))))
    library.ggml_quantize_chunk.restype = ctypes.c_size_t
    library.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p] + [ctypes.c_int64] * 3 + [ctypes.c_void_p]
    values = rows()
    types = {}
    for kind in (Type.F16, Type.BF16, Type.Q4_0, Type.Q5_0, Type.Q8_0, Type.Q4_K, Type.Q6_K):
        elements, size = GGML_QUANT_SIZES[kind]
        blocks = np.zeros((len(values), COLUMNS // elements * size), dtype=np.uint8)
        library.ggml_quantize_chunk(kind, values.ctypes.data, blocks.ctypes.data, 0, len(values), COLUMNS, None)
        back = dequantize(blocks, kind)
        types[kind.name] = {"bytes": encode(blocks), "values": encode(back.astype(np.float32))}
    print(json.dumps({"rows": len(values), "columns": COLUMNS, "values": encode(values), "types": types}, indent=1))


if __name__ == "__main__":
    main()
