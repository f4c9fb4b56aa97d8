package ai.luthier.engine.train;

import ai.luthier.engine.model.Decoder;
import ai.luthier.engine.model.Rows;
import ai.luthier.engine.tensor.Scopes;
import ai.luthier.engine.tensor.Tensors;
import ai.luthier.text.tokens.TokenizedExample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the frozen layers below the lowest trained one make of the training rows, kept on disk from epoch to epoch [1]: it never
 * changes, so from the second epoch on those layers are not computed at all. With {@code L} layers of which {@code m} are
 * trained, a forward pass of a layer costing one and its backward pass two, {@code E} epochs get faster by
 *
 * <pre>  E·(L + 2m) / ((L + 2m) + (E - 1)·3m) </pre>
 *
 * <p>What is read back are the very bits that were computed, in the type of the decoder. The last bits of a product depend on how many
 * rows are multiplied, so every training row goes through the frozen layers alone, kept or not: how much is kept changes no
 * bit of the result, and a resumed run, which begins with an empty cache, ends as an undisturbed one.
 *
 * <p>The file has no name from the moment it is opened: it is gone when the process is, however that ends. Rows from the one on
 * that would make it larger than its bound are not kept, and neither is anything once the disk is full.
 *
 * <p>[1] Liu et al., AutoFreeze: Automatically Freezing Model Blocks to Accelerate Fine-Tuning, 2021. Used by one thread.
 */
final class ActivationCache implements AutoCloseable {

    private final Decoder decoder;
    private final IdentityHashMap<TokenizedExample, Integer> numbers = new IdentityHashMap<>(); // of rows that are kept
    private final long[] offsets; // bytes, where each row begins, and the end
    private final BitSet filled = new BitSet(); // rows that are in the file
    private final FileChannel file;
    private boolean broken;

    /**
     * An empty cache.
     *
     * @param file a name that is free
     * @param decoder of the run
     * @param examples of training, in the order of the file
     * @param bound of the file, bytes
     */
    ActivationCache(Path file, Decoder decoder, List<TokenizedExample> examples, long bound) throws IOException {
        this.decoder = decoder;
        this.offsets = new long[examples.size() + 1];
        for (int row = 0; row < examples.size(); row++) {
            long end = offsets[row] + rows(examples.get(row)).tokens() * widthBytes();
            if (end > bound) {
                break;
            }
            offsets[row + 1] = end;
            numbers.put(examples.get(row), row);
        }
        this.file = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** How many rows are kept. */
    int rows() {
        return numbers.size();
    }

    /** The size that the file will have, bytes. */
    long bytes() {
        return offsets[numbers.size()];
    }

    /**
     * The input of the lowest trained layer for each of these examples, the caller's.
     *
     * @param below computes it for one row that is not kept yet
     */
    KnownStates states(List<TokenizedExample> batch, Function<Rows, Tensor> below) {
        IdentityHashMap<TokenizedExample, Tensor> states = new IdentityHashMap<>();
        return Scopes.withoutGradients(() -> {
            for (TokenizedExample example : batch) {
                try (PointerScope _ = new PointerScope()) {
                    states.computeIfAbsent(example, _ -> Scopes.retain(readOrCompute(example, below)));
                }
            }
            return new KnownStates(states);
        });
    }

    private Tensor readOrCompute(TokenizedExample example, Function<Rows, Tensor> below) {
        Integer row = numbers.get(example);
        if (row != null && filled.get(row)) {
            return read(row);
        }
        Tensor states = below.apply(rows(example)).contiguous(); // [t, d]
        keep(row, states);
        return states;
    }

    private void keep(@Nullable Integer row, Tensor states) {
        if (row == null || broken) {
            return;
        }
        try {
            write(states, offsets[row]);
            filled.set(row);
        } catch (IOException full) {
            broken = true; // the disk is full or gone: what cannot be kept is computed
        }
    }

    private void write(Tensor states, long at) throws IOException {
        for (long token = 0, step = tokensAtOnce(); token < states.size(0); token += step) {
            Tensor piece = states.narrow(0, token, Math.min(step, states.size(0) - token));
            ByteBuffer bytes = Tensors.memory(piece).asByteBuffer();
            long place = at + token * widthBytes();
            while (bytes.hasRemaining()) {
                place += file.write(bytes, place);
            }
        }
    }

    private Tensor read(int row) {
        long tokens = (offsets[row + 1] - offsets[row]) / widthBytes();
        Tensor states = Tensors.empty(decoder.dtype(), tokens, decoder.spec().width()); // [t, d]
        try {
            for (long token = 0, step = tokensAtOnce(); token < tokens; token += step) {
                Tensor piece = states.narrow(0, token, Math.min(step, tokens - token));
                ByteBuffer bytes = Tensors.memory(piece).asByteBuffer();
                long place = offsets[row] + token * widthBytes();
                while (bytes.hasRemaining()) {
                    int read = file.read(bytes, place);
                    if (read < 0) {
                        throw new IOException("the file ends at " + file.size() + ", before row " + row);
                    }
                    place += read;
                }
            }
            return states;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what was kept of row " + row, e);
        }
    }

    /** A buffer holds less than 2 GiB. */
    private long tokensAtOnce() {
        return Math.max(1, (1L << 28) / widthBytes());
    }

    private long widthBytes() {
        return (long) decoder.spec().width() * decoder.dtype().bytes();
    }

    private Rows rows(TokenizedExample example) {
        return Batch.of(List.of(example), decoder.spec().dependsOnLength()).rows();
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
