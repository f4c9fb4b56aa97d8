#!/usr/bin/env bash
# Prepares the Python environment of `mvn -Poracles verify`: transformers and peft to load what Luthier exports, gguf and numpy for the layout of GGUF files,
# and llama.cpp itself, by llama-cpp-python built from its source package (a C++ compiler and CMake are needed; ten minutes to half an hour of one core).
#
#   tools/oracles/prepare.sh [DIRECTORY]      default: .venv-oracles, which git ignores
#
# A package that the environment sees already is left alone, so a machine with torch installed can lend it by a .pth file. The tests look for
# DIRECTORY/bin/python at the default place or at $ORACLES_HOME.
set -euo pipefail
cd "$(dirname "$0")/../.."
directory=${1:-${ORACLES_HOME:-.venv-oracles}}

[ -x "$directory/bin/python" ] || "${PYTHON:-python3}" -m venv "$directory"
python=$directory/bin/python

"$python" -m pip install --quiet numpy gguf
"$python" -c 'import torch' 2>/dev/null || "$python" -m pip install torch
"$python" -c 'import transformers, peft' 2>/dev/null || "$python" -m pip install transformers peft

# One compiler at a time and no native tuning: small models are asked for logits, not for speed. No GPU, no server, no multimodal library.
if ! "$python" -c 'import llama_cpp' 2>/dev/null; then
  export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-1}"
  export CMAKE_ARGS="-DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAVA_BUILD=OFF -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF \
-DLLAMA_BUILD_SERVER=OFF -DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF -DCMAKE_CXX_FLAGS_RELEASE=-O1"
  nice -n 19 "$python" -m pip install --no-binary llama-cpp-python llama-cpp-python
fi
"$python" -c 'import llama_cpp, gguf, peft, transformers
print("ready: transformers", transformers.__version__, "peft", peft.__version__, "llama-cpp-python", llama_cpp.__version__)'
