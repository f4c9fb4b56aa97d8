#!/usr/bin/env bash
# Reruns every table of docs/benchmarks/training-speed.md, one after the other, on a machine that does nothing else: two to three hours.
#
#   tools/benchmarks/all.sh OUT [PEERS PYTHON TOKENIZER]
#
# OUT is a folder for the tables. PEERS has make_rows.py, trl_sft.py and trl_dpo.py, PYTHON is an interpreter with torch, transformers, peft, trl
# and datasets, TOKENIZER a folder with a tokenizer.json; without these three what compares with other programs is left out.
# PAIRS, preference pairs as trl_dpo.py reads them, adds that comparison.
# RUNS (3), THREADS (all processors) and SECTIONS (a regular expression over the names below) may be set.
set -euo pipefail
[ $# -eq 1 ] || [ $# -eq 4 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
out=$(cd "$1" && pwd)
peers=${2:+$(cd "$2" && pwd)} python=${3:-} tokenizer=${4:+$(cd "$4" && pwd)}
runs=${RUNS:-3} threads=${THREADS:-$(nproc)} sections=${SECTIONS:-.}
cd "$(dirname "$0")/../.."

export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=68719476736
if [ -z "${CLASSES:-}" ]; then
  mvn -q -B -DskipTests -pl luthier-bench -am package
  mvn -q -B -pl luthier-bench dependency:build-classpath -Dmdep.outputFile="$out/classpath" >/dev/null
  CLASSES="luthier-bench/target/classes:$(cat "$out/classpath")"
fi
java=$(./luthier --java-home)/bin/java
bench() { MALLOC_ARENA_MAX=1 LRU_CACHE_CAPACITY=64 ONEDNN_PRIMITIVE_CACHE_CAPACITY=128 "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC -Xmx1g -cp "$CLASSES" "ai.luthier.bench.$@"; }

# section NAME COMMAND...: what the command prints goes to OUT/NAME.txt, and here.
section() {
  local name=$1
  shift
  [[ $name =~ $sections ]] || return 0
  echo "== $name: $*"
  { echo "$(date -u +%FT%TZ) load $(cut -d' ' -f1 /proc/loadavg): $*"; "$@"; } 2>"$out/$name.err" | tee -a "$out/$name.txt"
}

# Median, smallest and largest of the quotients of two columns of numbers, line by line.
spread() {
  paste "$1" "$2" | awk '{ print $1 / $2 }' | sort -g | awk '{ v[NR] = $1 } END { if (NR) printf "median %.2f (%.2f to %.2f) of %d\n", v[int((NR + 1) / 2)], v[1], v[NR], NR }'
}

# beside NAME SHAPE ROWS BATCH: alternating runs over the same rows by TRL at its best and by Luthier, then one of TRL as it comes.
beside() {
  local name=$1 shape=$2 rows=$3 batch=$4 i
  head -n "$rows" "$out/rows.jsonl" >"$out/$name.jsonl"
  : >"$out/$name.ours"; : >"$out/$name.theirs"; : >"$out/$name.rss"
  for i in $(seq "$runs"); do
    (cd "$out" && "$python" "$peers/trl_sft.py" rows.jsonl "$tokenizer" "$shape" best "$rows" "$batch") | tail -1 | tee "$out/$name.trl"
    # Its first two steps warm up on the same rows and do not count.
    bench TrainingSpeed "$shape" "$out/$name.jsonl" $((rows / batch - 2)) "$batch" "$threads" wall fast | tee "$out/$name.luthier"
    sed 's/.*"supervised_per_s": \([0-9.]*\).*/\1/' "$out/$name.trl" >>"$out/$name.theirs"
    awk -F'|' '{ gsub(/ /, ""); print $8 }' "$out/$name.luthier" >>"$out/$name.ours"
    awk -F'|' '{ gsub(/ /, ""); print $13 }' "$out/$name.luthier" | paste - <(sed 's/.*"peak_rss_mb": \([0-9]*\).*/\1/' "$out/$name.trl") >>"$out/$name.rss"
  done
  echo "supervised tokens/s ÷ TRL at its best: $(spread "$out/$name.ours" "$out/$name.theirs")"
  echo "peak RSS ÷ TRL at its best: $(spread <(cut -f1 "$out/$name.rss") <(cut -f2 "$out/$name.rss"))"
  (cd "$out" && env -u MALLOC_MMAP_THRESHOLD_ -u MALLOC_TRIM_THRESHOLD_ "$python" "$peers/trl_sft.py" rows.jsonl "$tokenizer" "$shape" default "$rows" "$batch") | tail -1 | tee "$out/$name.default"
  sed 's/.*"supervised_per_s": \([0-9.]*\).*/\1/' "$out/$name.default" >"$out/$name.slow"
  echo "supervised tokens/s ÷ TRL default: $(spread <(head -1 "$out/$name.ours") "$out/$name.slow")"
  local budget
  budget=$(sed 's/.*"peak_rss_mb": \([0-9]*\).*/\1/' "$out/$name.default" | awk '{ printf "%d", 0.6 * $1 * 1048576 }')
  echo "within 0.6 of the memory of TRL default, $budget bytes:"
  bench TrainingSpeed "$shape" "$out/$name.jsonl" $((rows / batch - 2)) "$batch" "$threads" wall fast "$budget"
}

# preferences STEPS BATCH: alternating runs over the same pairs by TRL's DPO, with the allocator settings, and by Luthier.
preferences() {
  local i
  : >"$out/dpo.ours"; : >"$out/dpo.theirs"
  for i in $(seq "$runs"); do
    (cd "$out" && "$python" "$peers/trl_dpo.py" "$PAIRS" "$tokenizer" "$1" "$2") | tail -1 | tee "$out/dpo.trl"
    bench PreferenceSpeed smollm2-135m "$out/pairs.jsonl" "$1" "$2" "$threads" fast | tee "$out/dpo.luthier"
    sed 's/.*"tokens_per_s": \([0-9.]*\).*/\1/' "$out/dpo.trl" >>"$out/dpo.theirs"
    awk -F'|' '{ gsub(/ /, ""); print $8 }' "$out/dpo.luthier" >>"$out/dpo.ours"
  done
  echo "distinct tokens/s ÷ TRL's DPO: $(spread "$out/dpo.ours" "$out/dpo.theirs")"
}

section fraction-smollm2 bench TrainingSpeed smollm2-135m 0.25 6 8 "$threads" wall fast
section fraction-smollm2-reference bench TrainingSpeed smollm2-135m 0.25 6 8 "$threads" wall reference
section fraction-one-thread bench TrainingSpeed smollm2-135m 0.25 4 8 1 cpu fast
section fraction-nano bench TrainingSpeed nano 1.0 20 8 "$threads" wall fast
section ablation bench Ablation smollm2-135m 0.25 8 5 "$threads" wall
section shared-prompt bench SharedPrompt smollm2-135m 1000 200 8 3
section long-row bench LongRow smollm2-135m 16384 "$threads"
section linear bench LinearCost nano "$threads" ${LINEAR:-10000 100000 1000000 10000000}
if [ -n "$peers" ]; then
  "$python" "$peers/make_rows.py" "$tokenizer" "$out/rows.jsonl"
  for path in reference fast; do
    section "profile-$path" bench Profile smollm2-135m "$out/rows.jsonl" 4 8 1 "$path"
  done
  section trl-smollm2 beside smollm2 smollm2-135m 200 8
  section trl-qwen2.5 beside qwen2.5 qwen2.5-0.5b 100 4
  if [ -n "${PAIRS:-}" ]; then
    "$python" tools/benchmarks/make_pairs.py "$PAIRS" "$tokenizer" "$out/pairs.jsonl"
    section trl-dpo preferences 8 4
  fi
else
  for path in reference fast; do
    section "profile-$path" bench Profile smollm2-135m 1.0 4 8 1 "$path"
  done
fi
