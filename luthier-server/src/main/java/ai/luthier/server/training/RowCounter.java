package ai.luthier.server.training;

import ai.luthier.text.data.TokenCounter;

/** A {@link TokenCounter} that holds a tokenizer. */
public interface RowCounter extends TokenCounter, AutoCloseable {

    @Override
    void close();
}
