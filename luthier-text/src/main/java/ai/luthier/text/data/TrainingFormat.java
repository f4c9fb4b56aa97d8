package ai.luthier.text.data;

/** The kinds of rows that a training file can hold. A file holds one kind only. */
public enum TrainingFormat {
    /** {@code {"messages": […]}}. */
    CHAT("fine-tune-chat", "chat messages"),
    /** {@code {"prompt": "…", "completion": "…"}}. */
    COMPLETION("fine-tune-completion", "a prompt/completion pair"),
    /** {@code {"input": {…}, "preferred_output": […], "non_preferred_output": […]}}. */
    PREFERENCE("fine-tune-preference", "a preference pair");

    private final String wireName;
    private final String row;

    TrainingFormat(String wireName, String row) {
        this.wireName = wireName;
        this.row = row;
    }

    /** The name of the format in OpenAI's messages. */
    public String wireName() {
        return wireName;
    }

    /** What one row is, with its article, for sentences. */
    String row() {
        return row;
    }
}
