package ai.luthier.server.serving;

import ai.luthier.engine.checkpoint.ModelDirectory;
import ai.luthier.engine.generate.AdapterHandle;
import ai.luthier.engine.generate.Generator;
import ai.luthier.engine.model.DecoderSpec;
import ai.luthier.engine.tensor.Dtype;
import ai.luthier.engine.tensor.Torch;
import ai.luthier.text.tokens.ExampleEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One base in memory: its weights behind a generator, an encoder for every template it is used with, and the adapters that were
 * asked for lately. Safe for any thread.
 */
final class LoadedBase implements AutoCloseable {

    /** Adapters that stay attached although nobody asks them at the moment. */
    private static final int IDLE_ADAPTERS = 16;

    /** Of one layer. Measured on luthier-nano: a token takes 5 ms with one thread and 8 ms with two. */
    private static final long WEIGHTS_WORTH_A_SECOND_THREAD = 2_000_000;

    private final ModelDirectory directory;
    private final Generator generator;
    private final Map<String, ExampleEncoder> encoders = new HashMap<>();
    private final Map<Path, Attached> adapters = new LinkedHashMap<>(16, 0.75f, true); // longest idle first

    private LoadedBase(ModelDirectory directory, Generator generator) {
        this.directory = directory;
        this.generator = generator;
    }

    static LoadedBase load(Path path, Dtype dtype) {
        ModelDirectory directory = ModelDirectory.open(path);
        Torch.threads(threads(directory.spec()));
        return new LoadedBase(directory, Generator.load(directory, dtype));
    }

    /** A product over so few weights is done before a second thread has woken up. */
    private static int threads(DecoderSpec spec) {
        long perLayer = (long) spec.width() * (4L * spec.width() + 3L * spec.feedForward());
        return perLayer < WEIGHTS_WORTH_A_SECOND_THREAD ? 1 : Torch.availableThreads();
    }

    /** An adapter in use by one answer. */
    record Attached(AdapterHandle handle, int[] users) {}

    Generator generator() {
        return generator;
    }

    ModelDirectory directory() {
        return directory;
    }

    Set<Integer> stopIds() {
        return directory.stopIds();
    }

    /** SHA-256 of the weights; read whole at the first call. */
    String hash() throws IOException {
        return directory.weightsHash();
    }

    /** The encoder with this template, or with the directory's own. */
    synchronized ExampleEncoder encoder(Optional<Path> template) {
        String text = template.map(LoadedBase::read).orElse("");
        return encoders.computeIfAbsent(text, _ -> ExampleEncoder.load(directory.path(), template));
    }

    private static String read(Path template) {
        try {
            return Files.readString(template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Attaches an adapter or takes the attached one; {@link #release} it. */
    synchronized Attached attach(Path folder) {
        Attached attached = adapters.computeIfAbsent(folder, path -> new Attached(generator.attach(path), new int[1]));
        attached.users()[0]++;
        return attached;
    }

    synchronized void release(Attached attached) {
        attached.users()[0]--;
        int idle = (int) adapters.values().stream()
                .filter(adapter -> adapter.users()[0] == 0)
                .count();
        for (Iterator<Attached> all = adapters.values().iterator(); idle > IDLE_ADAPTERS && all.hasNext(); ) {
            Attached oldest = all.next();
            if (oldest.users()[0] == 0) {
                generator.detach(oldest.handle());
                all.remove();
                idle--;
            }
        }
    }

    @Override
    public synchronized void close() {
        generator.close();
        encoders.values().forEach(ExampleEncoder::close);
    }
}
