package ai.luthier.text.data;

/**
 * A row of the prompt/completion format. The completion is learnt, the prompt is not; both are used exactly as written,
 * so a separator or a leading space is the file's own business.
 *
 * @param line counted from 1
 */
public record CompletionExample(int line, String prompt, String completion) implements Example {}
