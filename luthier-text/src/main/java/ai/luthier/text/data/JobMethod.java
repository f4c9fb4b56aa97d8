package ai.luthier.text.data;

/** How a job learns from its rows, by OpenAI's names. */
public enum JobMethod {
    /** From answers that are right. */
    SUPERVISED("supervised"),
    /** From answers of which one is preferred to another: direct preference optimisation. */
    DPO("dpo");

    private final String wireName;

    JobMethod(String wireName) {
        this.wireName = wireName;
    }

    /** What {@code method.type} of a job says. */
    public String wireName() {
        return wireName;
    }
}
