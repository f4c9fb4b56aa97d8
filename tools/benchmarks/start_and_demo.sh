#!/usr/bin/env bash
# Seconds from `luthier serve` to a /health that answers 200, on an empty data directory and on the same one again; seconds of
# `luthier demo`; peak resident memory of each process. Prints the table of docs/benchmarks/start-and-demo.md.
set -euo pipefail
cd "$(dirname "$0")/../.."
./luthier --version >/dev/null # builds what is not built
data=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; wait; rm -rf "$data"' EXIT
chmod 755 "$data" # as root, the database runs as another user

now() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.1f", b - a }'; }
peak() { awk '/VmHWM/ { printf "%.0f", $2 / 1024 }' "/proc/$1/status" 2>/dev/null || echo 0; } # MiB

port=$((20000 + RANDOM % 20000))
for start in "empty data directory" "the same again"; do
  began=$(now)
  ./luthier serve --port "$port" --data "$data/serve" >"$data/log" 2>&1 &
  children=($!)
  until curl -sf "http://127.0.0.1:$port/health" >/dev/null; do
    kill -0 "${children[0]}" 2>/dev/null || { cat "$data/log" >&2; exit 1; }
    sleep 0.05
  done
  echo "| server to ready, $start | $(since "$began") s | $(peak "${children[0]}") MiB |"
  kill "${children[0]}"
  wait "${children[0]}" || true
done

# The largest resident memory that any worker of the demo reaches, looked at five times a second.
began=$(now)
./luthier demo --data "$data/demo" >"$data/log" 2>&1 &
children=($!)
server=0 worker=0
while kill -0 "${children[0]}" 2>/dev/null; do
  at=$(peak "${children[0]}")
  server=$((at > server ? at : server))
  for pid in $(pgrep -f 'ai.luthier.engine.worker.WorkerMain' || true); do
    at=$(peak "$pid")
    worker=$((at > worker ? at : worker))
  done
  sleep 0.2
done
wait "${children[0]}"
echo "| demo, from the command to its end | $(since "$began") s | $server MiB, its training process $worker MiB |"
