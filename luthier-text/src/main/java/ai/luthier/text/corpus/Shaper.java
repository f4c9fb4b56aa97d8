package ai.luthier.text.corpus;

import ai.luthier.text.corpus.Sequence.Chat;
import ai.luthier.text.corpus.Sequence.Plain;
import ai.luthier.text.corpus.Sequence.Role;
import ai.luthier.text.corpus.Sequence.Turn;
import ai.luthier.text.corpus.Variety.Retelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Turns stories into rows. Of a hundred stories about a quarter stay plain text; the others become the answer to a request
 * that fits them: for the whole story, for its first sentence or two, or as the second turn of a conversation. A few
 * conversations are long, so that the model has seen positions up to its context.
 */
final class Shaper {

    private static final double PLAIN = 0.25;
    private static final double SHORT = 0.45;
    private static final double TWO_TURNS = 0.06;
    private static final double LONG = 0.005;
    private static final double ANY_TOPIC = 0.1;
    private static final double SYSTEM_PROMPT = 0.4;
    private static final double GIVEN_NOUN = 0.6;

    private final List<Story> pool;
    private final Variety variety;
    private final Random random;
    private final Requests requests;
    private final Predicate<String> askable;

    /**
     * @param pool where the other stories of a conversation are drawn from
     * @param variety what stories of conversations are retold about
     * @param askable which subjects may be asked for; a request drops the others
     */
    Shaper(List<Story> pool, Variety variety, Random random, Predicate<String> askable) {
        this.pool = pool;
        this.variety = variety;
        this.random = random;
        this.requests = new Requests(random);
        this.askable = askable;
    }

    /** One row for the story. */
    Sequence shape(Story original) {
        double draw = random.nextDouble();
        if (draw < PLAIN) {
            return new Plain(original.text());
        }
        Retelling told = variety.vary(original, random);
        Optional<String> beginning = Subjects.firstSentences(told.story().text(), 1 + random.nextInt(4) / 3);
        var turns = new ArrayList<Turn>();
        if (random.nextDouble() < SYSTEM_PROMPT) {
            turns.add(new Turn(Role.SYSTEM, requests.system()));
        }
        if (draw < PLAIN + SHORT && beginning.isPresent()) {
            // Four in one row cost less than one story, and each teaches to look at its own request.
            addShort(turns, told, beginning.get());
            for (int more = 1 + random.nextInt(3); more > 0; more--) {
                Retelling other = other();
                Subjects.firstSentences(other.story().text(), 1).ifPresent(text -> addShort(turns, other, text));
            }
            return new Chat(turns);
        }
        if (draw > 1 - LONG) {
            for (int stories = 6 + random.nextInt(3); stories > 0; stories--) {
                addWhole(turns, other());
            }
        } else if (draw > 1 - LONG - TWO_TURNS) {
            Retelling other = other();
            Optional<String> text = Subjects.firstSentences(other.story().text(), 2);
            if (text.isPresent() && random.nextInt(3) > 0) {
                addShort(turns, other, text.get());
            } else {
                addWhole(turns, other);
            }
        }
        addWhole(turns, told);
        return new Chat(turns);
    }

    private Retelling other() {
        return variety.vary(pool.get(random.nextInt(pool.size())), random);
    }

    private void addWhole(List<Turn> turns, Retelling told) {
        boolean again = turns.stream().anyMatch(turn -> turn.role() == Role.ASSISTANT);
        Optional<String> subject = subject(told.story(), told.invented());
        String request = again
                ? subject.map(requests::againAbout).orElseGet(requests::againAny)
                : subject.map(requests::about).orElseGet(requests::any);
        turns.add(new Turn(Role.USER, request));
        turns.add(new Turn(Role.ASSISTANT, told.story().text()));
    }

    private void addShort(List<Turn> turns, Retelling told, String text) {
        Story story = told.story();
        Optional<String> subject = subject(new Story(story.topic(), text + " " + story.text()), told.invented());
        turns.add(new Turn(Role.USER, subject.map(requests::shortAbout).orElseGet(requests::shortAny)));
        turns.add(new Turn(Role.ASSISTANT, text));
    }

    /** What the story is asked for by, with its article; empty for a request that names nothing. */
    private Optional<String> subject(Story story, boolean invented) {
        Subjects subjects = Subjects.of(story);
        if (invented && subjects.nouns().contains(story.topic())) {
            return Optional.of(Nouns.withArticle(story.topic()));
        }
        if (random.nextDouble() < ANY_TOPIC
                || (subjects.nouns().isEmpty() && subjects.name().isEmpty())) {
            return Optional.empty();
        }
        String phrase = phrase(subjects);
        return Optional.of(phrase).filter(askable);
    }

    private String phrase(Subjects subjects) {
        String name = subjects.name().orElse("");
        if (subjects.nouns().isEmpty()) {
            return name;
        }
        List<String> nouns = subjects.nouns();
        String noun = random.nextDouble() < GIVEN_NOUN ? nouns.getFirst() : nouns.get(random.nextInt(nouns.size()));
        double draw = random.nextDouble();
        if (subjects.hero().isPresent() && draw < 0.12) {
            return Nouns.withArticle(subjects.hero().get());
        }
        if (!name.isEmpty() && draw < 0.18) {
            return name;
        }
        if (subjects.described().isPresent() && draw < 0.28) {
            return Nouns.withArticle(subjects.described().get());
        }
        if (nouns.size() > 1 && draw < 0.34) {
            return Nouns.withArticle(nouns.get(0)) + " and " + Nouns.withArticle(nouns.get(1));
        }
        if (draw < 0.40) {
            return Nouns.plural(noun);
        }
        return draw < 0.44 ? "the " + noun : Nouns.withArticle(noun);
    }
}
