package ai.luthier.server.training;

import ai.luthier.text.data.Example;
import ai.luthier.text.data.PreferenceExample;
import ai.luthier.text.data.RowTokens;
import ai.luthier.text.tokens.ExampleEncoder;
import ai.luthier.text.tokens.TokenizedExample;
import ai.luthier.text.tokens.TokenizedPair;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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
            return example instanceof PreferenceExample pair ? ofPair(pair, limit) : ofRow(example, limit);
        }

        private RowTokens ofRow(Example example, int limit) {
            ExampleEncoder.Row row = encoder.row(example);
            TokenizedExample tokens = row.tokens();
            return RowTokens.of(tokens.ids().length, limit, tokens.cut(limit).supervisedCount(), row.addedInData());
        }

        private RowTokens ofPair(PreferenceExample example, int limit) {
            ExampleEncoder.Row preferred = encoder.row(example.preferred());
            ExampleEncoder.Row other = encoder.row(example.nonPreferred());
            TokenizedPair whole = new TokenizedPair(preferred.tokens(), other.tokens());
            TokenizedPair pair = whole.cut(limit);
            Set<String> specials = new LinkedHashSet<>(preferred.addedInData());
            specials.addAll(other.addedInData());
            return new RowTokens(
                    whole.longest(),
                    pair.tokens(),
                    pair.learnable() ? pair.supervisedCount() : 0,
                    List.copyOf(specials));
        }

        @Override
        public void close() {
            encoder.close();
        }
    }
}
