package ai.luthier.text.corpus;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Retells most of the stories about another noun and a third with another name, drawn from everything that stories of the corpus
 * are about. "A story about a ladder" is then as likely as one about a dog, and the only way to know which one is asked
 * for is to read the request: without this a small model learns the hundred usual topics and tells about the nearest of
 * them.
 *
 * @param nouns to draw from, sorted
 * @param names to draw from, sorted
 */
record Variety(List<String> nouns, List<String> names) {

    /** Stories stay as they are. */
    static final Variety NONE = new Variety(List.of(), List.of());

    private static final double ANOTHER_NOUN = 0.7;
    private static final double ANOTHER_NAME = 0.3;

    Variety {
        nouns = List.copyOf(nouns);
        names = List.copyOf(names);
    }

    /** What at least two stories are about, as far as it may be asked for. */
    static Variety of(List<Story> stories, Predicate<String> askable) {
        List<Subjects> subjects = stories.stream().map(Subjects::of).toList();
        Stream<String> nouns = subjects.stream().flatMap(subject -> subject.nouns().stream());
        Stream<String> names = subjects.stream().flatMap(subject -> subject.name().stream());
        return new Variety(
                frequent(nouns.filter(noun -> !noun.endsWith("s")).filter(askable)), frequent(names.filter(askable)));
    }

    private static List<String> frequent(Stream<String> words) {
        Map<String, Integer> counts = new HashMap<>();
        words.forEach(word -> counts.merge(word, 1, Integer::sum));
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() >= 2)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /** The story, perhaps about something or somebody else. */
    Story vary(Story story, Random random) {
        Subjects subjects = Subjects.of(story);
        Story varied = story;
        if (!nouns.isEmpty() && !subjects.nouns().isEmpty() && random.nextDouble() < ANOTHER_NOUN) {
            String other = nouns.get(random.nextInt(nouns.size()));
            varied = Substitution.ofNoun(varied, subjects.nouns().getFirst(), other);
        }
        Optional<String> name = subjects.name();
        if (!names.isEmpty() && name.isPresent() && random.nextDouble() < ANOTHER_NAME) {
            varied = Substitution.ofName(varied, name.get(), names.get(random.nextInt(names.size())));
        }
        return varied;
    }
}
