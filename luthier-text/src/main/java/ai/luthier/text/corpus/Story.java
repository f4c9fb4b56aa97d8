package ai.luthier.text.corpus;

/**
 * One story of the corpus.
 *
 * @param topic the animal, person or thing it was opened with, one lower-case word; empty where unknown
 */
public record Story(String topic, String text) {

    public Story {
        topic = topic.strip();
        text = text.strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a story has no text");
        }
    }
}
