package ai.luthier.text.corpus;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the model is validated on and never trained to tell about.
 *
 * @param topics lower-case nouns, singular
 * @param names of characters, capitalised
 */
public record HeldOut(List<String> topics, List<String> names) {

    private static final Pattern WORD = Pattern.compile("[\\p{L}']+");

    public HeldOut {
        topics = List.copyOf(topics);
        names = List.copyOf(names);
    }

    /** Whether the story belongs to validation: its topic is held out, or it names a character that is. */
    boolean holds(Story story) {
        return topics.contains(story.topic())
                || WORD.matcher(story.text()).results().anyMatch(word -> names.contains(word.group()));
    }

    /** Whether a request uses a held-out word, in singular or plural. */
    boolean named(String request) {
        Set<String> forbidden = new HashSet<>();
        topics.forEach(topic -> forbidden.addAll(List.of(topic, Nouns.plural(topic))));
        names.forEach(name -> forbidden.add(name.toLowerCase(Locale.ROOT)));
        return WORD.matcher(request.toLowerCase(Locale.ROOT))
                .results()
                .anyMatch(word -> forbidden.contains(word.group()));
    }
}
