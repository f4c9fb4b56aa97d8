package ai.luthier.text.data;

/** One row of a training file, read and checked: what the trainer, {@code check} and {@code inspect} encode. */
public sealed interface Example permits ChatExample, CompletionExample, PreferenceExample {

    /** The line of the file that holds the row, counted from 1, blank lines included. */
    int line();
}
