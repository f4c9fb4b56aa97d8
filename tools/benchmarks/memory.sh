#!/usr/bin/env bash
# Estimate against measured peak of training processes, one thread each: the table of docs/benchmarks/memory.md.
# memory.sh [DIRECTORY…]: besides the random shapes, these models.
set -euo pipefail
cd "$(dirname "$0")/../.."
java=$(./luthier --java-home)/bin/java
mvn -q -B -DskipTests -pl luthier-bench -am package dependency:build-classpath -Dmdep.outputFile=target/classpath
classpath=$(cat luthier-bench/target/classpath):luthier-bench/target/classes
export MALLOC_MMAP_THRESHOLD_=8589934592 MALLOC_TRIM_THRESHOLD_=68719476736 OFFLINE=true

line() { # model, batch, row length, rank, path, steps
  "$java" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:+UseSerialGC \
    -cp "$classpath" ai.luthier.bench.MemoryUse "$@"
}

echo "| model | batch | row length | rank | path | estimate MiB | measured MiB | difference |"
echo "|---|---|---|---|---|---|---|---|"
line nano 1 32 8 fast 5
line nano 2 512 16 fast 20
line nano 4 512 16 fast 12
line nano 4 512 64 fast 4
line nano 4 512 16 fast+recompute 4
line nano 4 512 16 reference 4
line nano 1 2000 16 reference 3
line smollm2-135m 1 512 16 fast 4
line smollm2-135m 1 512 16 reference 3
line smollm2-135m 4 512 16 fast 3
for model in "$@"; do
  line "$model" 2 512 16 fast 4
  line "$model" 2 512 16 reference 3
  line "$model" 8 64 4 fast 4
done
