package ai.luthier.engine.train.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.luthier.engine.adapter.LoraAdapter;
import ai.luthier.engine.adapter.LoraSpec;
import ai.luthier.engine.fast.FastDecoder;
import ai.luthier.engine.fast.FastOptions;
import ai.luthier.engine.fast.FastPass;
import ai.luthier.engine.model.Activation;
import ai.luthier.engine.model.AttentionSpec;
import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.model.DecoderWeights;
import ai.luthier.engine.model.EndsSpec;
import ai.luthier.engine.model.FeedForwardSpec;
import ai.luthier.engine.model.LayerSpec;
import ai.luthier.engine.model.RopeSpec;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.model.TrainingPass;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.engine.train.TrainingPath;
import ai.luthier.engine.train.options.Tuning;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.assertj.core.data.Percentage;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a forward pass really keeps, by glibc's own count of bytes in use, against what the formulas say: whoever makes a layer keep
 * one tensor more has to say so there.
 */
class KeptActivationsTest {

    private static final int HBLKHD = 4;
    private static final int UORDBLKS = 7;
    private static final int MOST_LOOKS = 50;

    /** Bytes that the JVM takes for itself between two looks; the passes keep hundreds of times as much. */
    private static final long STILL = 64 << 10;

    private static final int RANK = 16;

    private static final DecoderSpec LLAMA = DecoderSpec.llama(512, 192, 512, 3, 6, 2, 2048);

    @BeforeEach
    void needGlibc() {
        assumeThat(Linker.nativeLinker().defaultLookup().find("mallinfo2")).isPresent();
        Torch.threads(1);
    }

    @Test
    void fastPathKeepsWhatItsFormulaSays() {
        assertFast(LLAMA, 4, 500);
    }

    @Test
    void fastPathKeepsInputsOfTheNormsOfQueriesAndKeys() {
        assertFast(with(new AttentionSpec(false, false, AttentionSpec.QueryKeyNorm.HEAD, 0), 0), 4, 500);
    }

    @Test
    void fastPathKeepsTheSlopesOfCappedScores() {
        assertFast(with(new AttentionSpec(false, false, AttentionSpec.QueryKeyNorm.NONE, 30), 0), 4, 500);
    }

    @Test
    void fastPathKeepsNoScoresOfLongRows() {
        assertFast(LLAMA, 1, 2500);
    }

    @Test
    void referenceKeepsWhatItsFormulaSays() {
        assertReference(LLAMA, 4, 500);
    }

    @Test
    void referenceKeepsTheNormsOfQueriesAndKeys() {
        assertReference(with(new AttentionSpec(false, false, AttentionSpec.QueryKeyNorm.HEAD, 0), 0), 4, 500);
    }

    @Test
    void referenceKeepsCappedScores() {
        assertReference(with(new AttentionSpec(false, false, AttentionSpec.QueryKeyNorm.NONE, 30), 0), 4, 500);
    }

    @Test
    void referenceKeepsTheScoresOfAWindowOnly() {
        assertReference(with(AttentionSpec.PLAIN, 100), 2, 1000);
    }

    /** The same decoder with another attention, and a window where it is not 0. */
    private static DecoderSpec with(AttentionSpec attention, int window) {
        LayerSpec layer = new LayerSpec(
                RopeSpec.plain(LLAMA.headWidth(), 10_000), window, 1 / Math.sqrt((double) LLAMA.headWidth()));
        return new DecoderSpec(
                LLAMA.vocabulary(),
                LLAMA.width(),
                LLAMA.feedForward(),
                LLAMA.heads(),
                LLAMA.keyValueHeads(),
                LLAMA.headWidth(),
                LLAMA.context(),
                Collections.nCopies(LLAMA.layers(), layer),
                LLAMA.norm(),
                attention,
                new FeedForwardSpec(true, Activation.SILU, false),
                EndsSpec.plain(true),
                false,
                LLAMA.names());
    }

    private static void assertFast(DecoderSpec spec, int count, int length) {
        Rows rows = rows(count, length);
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.BF16, 0.02, 1));
                LoraAdapter adapter = LoraAdapter.fresh(spec, LoraSpec.everyProjection(spec, RANK, 32), 1);
                FastDecoder fast = new FastDecoder(decoder, adapter, FastOptions.DEFAULTS);
                PointerScope _ = new PointerScope()) {
            fast.refresh();
            long[] all = LongStream.range(0, rows.tokens()).toArray();
            long measured = median(() -> {
                long before = inUse();
                try (PointerScope _ = new PointerScope();
                        FastPass _ = fast.pass(rows, all, false)) {
                    return inUse() - before;
                }
            });
            assertKept(measured, spec, count, length, TrainingPath.FAST);
        }
    }

    private static void assertReference(DecoderSpec spec, int count, int length) {
        try (Decoder decoder = new Decoder(DecoderWeights.random(spec, Dtype.BF16, 0.02, 1));
                LoraAdapter adapter = LoraAdapter.fresh(spec, LoraSpec.everyProjection(spec, RANK, 32), 1);
                PointerScope _ = new PointerScope()) {
            Rows rows = rows(count, length);
            long measured = median(() -> {
                long before = inUse();
                try (PointerScope _ = new PointerScope()) {
                    TrainingPass pass = decoder.trainingPass(rows, adapter.in(Dtype.BF16), false);
                    assertThat(pass.hidden().size(0)).isEqualTo((long) count * length);
                    return inUse() - before;
                }
            });
            assertKept(measured, spec, count, length, TrainingPath.REFERENCE);
        }
    }

    /** Of nine, for oneDNN makes its kernels the first time, and the JVM's compilers borrow megabytes for moments. */
    private static long median(LongSupplier once) {
        return LongStream.generate(once).limit(9).sorted().skip(4).findFirst().orElseThrow();
    }

    private static void assertKept(long measured, DecoderSpec spec, int count, int length, TrainingPath path) {
        RunMemory run = new RunMemory(spec, Dtype.BF16, Dtype.BF16, Trained.of(spec, Tuning.LORA, RANK), path, 1, 0);
        long foretold = run.pass((long) count * length, length).afterForward();
        assertThat(foretold)
                .as("kept by %s, measured %d, ratio %s", path, measured, measured / (double) foretold)
                .isCloseTo(measured, Percentage.withPercentage(5));
    }

    private static Rows rows(int count, int length) {
        List<int[]> rows = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            rows.add(new Random(row).ints(length, 0, LLAMA.vocabulary()).toArray());
        }
        return Rows.of(rows);
    }

    /** Bytes in use, once the garbage of earlier tests has been let go, which happens on another thread. */
    private static long inUse() {
        long now = mallocs();
        for (int look = 0; look < MOST_LOOKS; look++) {
            long before = now;
            System.gc();
            Pointer.deallocateReferences();
            LockSupport.parkNanos(20_000_000);
            now = mallocs();
            if (Math.abs(now - before) < STILL) {
                break;
            }
        }
        return now;
    }

    /** Bytes that were asked of malloc in this process and not freed. */
    private static long mallocs() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = (MemorySegment) MallInfo.CALL.invoke((SegmentAllocator) arena);
            return info.getAtIndex(ValueLayout.JAVA_LONG, UORDBLKS) + info.getAtIndex(ValueLayout.JAVA_LONG, HBLKHD);
        } catch (Throwable e) {
            throw new IllegalStateException("mallinfo2", e);
        }
    }

    /** Linked when it is first used, for only glibc has it. */
    private static final class MallInfo {

        private static final MethodHandle CALL = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().find("mallinfo2").orElseThrow(),
                        FunctionDescriptor.of(MemoryLayout.structLayout(
                                Collections.nCopies(10, ValueLayout.JAVA_LONG).toArray(MemoryLayout[]::new))));
    }
}
