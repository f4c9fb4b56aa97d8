package ai.luthier.server.training;

import ai.luthier.text.data.Example;
import ai.luthier.text.data.RowTokens;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** Counts with the very encoder that the trainer uses, so that what is checked, trained and billed is the same. Safe for any thread. */
public final class EncoderCounters implements RowCounters {

    @Override
    public RowCounter of(TrainableModel model, Clock clock) {
        return of(model.base(), model.template(), clock);
    }

    /**
     * A counter for a model directory.
     *
     * @param template file with a template that replaces the directory's own
     * @param clock what templates see as now
     */
    public static RowCounter of(Path directory, Optional<Path> template, Clock clock) {
        return new Counter(ExampleEncoder.load(directory, template, clock));
    }

    /** Used by one thread. */
    private record Counter(ExampleEncoder encoder) implements RowCounter {

        @Override
        public RowTokens count(Example example, int limit) {
            ExampleEncoder.Row row = encoder.row(example);
            TokenizedExample tokens = row.tokens();
            int supervised = 0;
            for (int i = 1; i < Math.min(limit, tokens.ids().length); i++) {
                supervised += tokens.supervised()[i] ? 1 : 0;
            }
            return new RowTokens(tokens.ids().length, supervised, List.copyOf(row.addedInData()));
        }

        @Override
        public void close() {
            encoder.close();
        }
    }
}
