package ai.luthier.text.data;

/** The kinds of rows that a training file can hold. A file holds one kind only. */
public enum TrainingFormat {
    /** {@code {"messages": […]}}. */
    CHAT("fine-tune-chat", "chat messages", JobMethod.SUPERVISED),
    /** {@code {"prompt": "…", "completion": "…"}}. */
    COMPLETION("fine-tune-completion", "a prompt/completion pair", JobMethod.SUPERVISED),
    /** {@code {"input": {…}, "preferred_output": […], "non_preferred_output": […]}}. */
    PREFERENCE("fine-tune-preference", "a preference pair", JobMethod.DPO);

    private final String wireName;
    private final String row;
    private final JobMethod method;

    TrainingFormat(String wireName, String row, JobMethod method) {
        this.wireName = wireName;
        this.row = row;
        this.method = method;
    }

    /** The method that learns from such rows. */
    public JobMethod method() {
        return method;
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
