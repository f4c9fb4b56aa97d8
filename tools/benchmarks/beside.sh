#!/usr/bin/env bash
# How fast a server answers alone and while a training process runs on the same processors; by how often a waiting thread of libgomp spins.
# About two minutes for each number, on a machine that does nothing else.
#
#   tools/benchmarks/beside.sh MODEL_DIRECTORY ROWS SPINCOUNT...
#
# MODEL_DIRECTORY has to be of a size that is served with several threads, such as minimind2-small; ROWS are those of all.sh. CLASSES may be a class
# path with luthier-bench, which is built otherwise.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
model=$(cd "$1" && pwd) rows=$(realpath "$2")
shift 2
cd "$(dirname "$0")/../.."
if [ -z "${CLASSES:-}" ]; then
  mvn -q -B -DskipTests -pl luthier-bench -am package
  mvn -q -B -pl luthier-bench dependency:build-classpath -Dmdep.outputFile=target/classpath >/dev/null
  CLASSES="luthier-bench/target/classes:$(cat luthier-bench/target/classpath)"
fi
java=$(./luthier --java-home)/bin/java
work=$(mktemp -d)
server=0
trap '[ $server = 0 ] || kill $server 2>/dev/null; wait; rm -rf "$work"' EXIT
export LUTHIER_ADMIN_KEY=sk-beside-$RANDOM$RANDOM$RANDOM$RANDOM
export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=68719476736 MALLOC_ARENA_MAX=1 LRU_CACHE_CAPACITY=64 ONEDNN_PRIMITIVE_CACHE_CAPACITY=128 OFFLINE=true
luthier=("$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -cp "$CLASSES")

# Tokens/s of one completion of 200 tokens after another, three of them.
answers() {
  local start tokens i
  for i in 1 2 3; do
    start=$(date +%s%N)
    tokens=$(curl -sS "$url/v1/completions" -H "Authorization: Bearer $LUTHIER_ADMIN_KEY" -H 'Content-Type: application/json' \
      -d '{"model":"beside","prompt":"Once upon a time","max_tokens":200,"temperature":0,"seed":1}' | sed 's/.*"completion_tokens":\([0-9]*\).*/\1/')
    echo -n "$((tokens * 1000000000 / ($(date +%s%N) - start))) "
  done
}

"${luthier[@]}" ai.luthier.cli.Main models add "$model" --id beside --data "$work/data" >/dev/null
for spins in "$@"; do
  export GOMP_SPINCOUNT=$spins
  port=$((20000 + RANDOM % 10000)) url=http://127.0.0.1:$port
  "${luthier[@]}" ai.luthier.cli.Main serve --port $port --data "$work/data" >"$work/serve.log" 2>&1 &
  server=$!
  for i in $(seq 120); do curl -sf "$url/health" >/dev/null && break; sleep 0.5; done
  answers >/dev/null
  alone=$(answers)
  "${luthier[@]}" ai.luthier.bench.TrainingSpeed smollm2-135m "$rows" 16 8 2 wall fast >"$work/train" 2>/dev/null &
  training=$!
  sleep 25
  beside=$(answers)
  kill -0 $training 2>/dev/null || beside="$beside(the training had ended)"
  wait $training
  echo "| $spins | $alone | $beside | $(awk -F'|' '{ print $7 }' "$work/train") |"
  kill $server && wait $server || true
  server=0
done
