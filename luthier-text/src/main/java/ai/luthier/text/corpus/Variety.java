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
 * them. A quarter is retold about words that do not exist, each in several tokens, so that nouns that the vocabulary cuts up
 * are copied to their end.
 *
 * @param nouns to draw from, sorted
 * @param names to draw from, sorted
 * @param askable which words may be told about
 */
record Variety(List<String> nouns, List<String> names, Predicate<String> askable) {

    /** Stories stay as they are. */
    static final Variety NONE = new Variety(List.of(), List.of(), subject -> true);

    private static final double ANOTHER_NOUN = 0.7;
    private static final double ANOTHER_NAME = 0.3;
    private static final double INVENTED = 0.25;

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
                frequent(nouns.filter(noun -> !noun.endsWith("s")).filter(askable)),
                frequent(names.filter(askable)),
                askable);
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

    /**
     * A story, perhaps about something or somebody else.
     *
     * @param invented whether its topic is a word that does not exist, which nobody tells about unasked
     */
    record Retelling(Story story, boolean invented) {}

    /** The story, perhaps retold. */
    Retelling vary(Story story, Random random) {
        Subjects subjects = Subjects.of(story);
        Story varied = story;
        boolean invented = false;
        if (!nouns.isEmpty() && !subjects.nouns().isEmpty() && random.nextDouble() < ANOTHER_NOUN) {
            invented = random.nextDouble() < INVENTED;
            String other = invented
                    ? InventedNoun.draw(random, word -> !askable.test(word) || nouns.contains(word))
                    : nouns.get(random.nextInt(nouns.size()));
            varied = Substitution.ofNoun(varied, subjects.nouns().getFirst(), other);
        }
        Optional<String> name = subjects.name();
        if (!names.isEmpty() && name.isPresent() && random.nextDouble() < ANOTHER_NAME) {
            varied = Substitution.ofName(varied, name.get(), names.get(random.nextInt(names.size())));
        }
        return new Retelling(varied, invented);
    }
}
