#!/usr/bin/env bash
# Estimate against measured peak of training processes: the table of docs/benchmarks/memory.md, half an hour or more.
# A busy machine does not disturb it, but only one line runs at a time.
#
#   tools/benchmarks/memory.sh [DIRECTORY…]
#
# Besides the random shapes, these models. LINES (a regular expression over the arguments of MemoryUse) may choose some lines, CLASSES be a
# class path with luthier-bench, which is built otherwise.
set -euo pipefail
cd "$(dirname "$0")/../.."
export OFFLINE=true # what is measured is a worker, whose C heap and caches WorkerProcess sets
if [ -z "${CLASSES:-}" ]; then
  mvn -q -B -DskipTests -pl luthier-bench -am package
  mvn -q -B -pl luthier-bench dependency:build-classpath -Dmdep.outputFile=target/classpath >/dev/null
  CLASSES="luthier-bench/target/classes:$(cat luthier-bench/target/classpath)"
fi
java=$(./luthier --java-home)/bin/java

line() { # model, batch, row length, steps, and what differs from LoRA of rank 16 on the fast path with one thread
  [[ $* =~ ${LINES:-.} ]] || return 0
  "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC \
    -cp "$CLASSES" ai.luthier.bench.MemoryUse "$@"
}

echo "| model | batch | row length | besides | estimate MiB | measured MiB | difference |"
echo "|---|---|---|---|---|---|---|"
line nano 4 512 12
line nano 4 512 4 rank=64
line nano 4 512 4 method=last_layers
line nano 4 512 4 method=full
line nano 4 512 4 threads=2
line nano 4 512 4 recompute=true
line nano 4 512 4 path=reference
line nano 4 256 3 dpo
line nano 8 512 20 threads=2 ragged
line smollm2-135m 8 512 3 threads=2 ragged
line smollm2-135m 1 512 2
line smollm2-135m 1 512 2 rank=128
line smollm2-135m 1 512 2 method=full
for model in "$@"; do
  line "$model" 4 256 3
  line "$model" 4 256 3 rank=64
  line "$model" 4 256 3 method=last_layers
  line "$model" 4 256 3 method=full
  line "$model" 4 256 3 threads=2
  line "$model" 8 256 6 threads=2 ragged
  line "$model" 2 512 3
  line "$model" 2 512 3 rank=128
  line "$model" 2 512 3 method=last_layers
  line "$model" 2 512 3 method=full
  line "$model" 2 512 3 threads=2
  line "$model" 2 512 3 recompute=true
  line "$model" 2 512 3 path=reference
  if [ -f "$model/chat_template.jinja" ] || grep -q chat_template "$model/tokenizer_config.json"; then
    line "$model" 2 512 3 dpo # conversations need a template
  fi
done
