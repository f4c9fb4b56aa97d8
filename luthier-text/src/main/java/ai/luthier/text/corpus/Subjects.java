package ai.luthier.text.corpus;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one could have asked for to get a given story: its topic, its hero's name, and any noun that it introduces early and
 * comes back to. A model that has seen a hundred topics asked for learns those hundred; one that has seen thousands of
 * different words in the request return in the answer learns to look at the request. That is how it tells a story about a topic it was
 * never asked for.
 *
 * @param nouns singular, lower case, at most {@value #MOST}; the given topic first where the story keeps to it
 * @param described "lazy duck": the first noun with the adjective the story opens with
 * @param name of the hero
 * @param hero "duck named Lily": the hero with the noun beside the name
 */
record Subjects(List<String> nouns, Optional<String> described, Optional<String> name, Optional<String> hero) {

    private static final int MOST = 4;

    /** What the patterns below take for nouns and is none, or says too little to be asked for. */
    private static final Set<String> NOT_NOUNS = Set.of("""
            afternoon again all and around asked away back beautiful before best better big biggest bit black
            blue brave break bright but came clean clumsy cold color coming cool crazy cut dark day decided deep
            different dizzy down drive driving dull east end excited fastest favorite few first friend friends
            frightened front fun glow good great green had happy high hop hot how hug hurry hurt idea inside
            itch job jump kind large last laugh left lesson like liked little lived long look looked looking lot
            loud loved made many middle minute moment more morning most name naughty new next nice night noise
            not old once one only other others out outside over own pink place play played playing proud purple
            ran rare reach really red rest right ringing sad said sailed same saw scared second selfish set she
            shining shiny shy side sing singing sleep slide small smile smooth so soft some something sound
            special square standing start started story strong stuck stuff that there they thing things three
            tidy time together too top touch two ugly unique very wander wanted war warm way went were west what
            while who whole wild world yellow
            """.strip().split("\\s+"));

    /** "a lazy duck named", "the red ball.", "his kite and": article, perhaps an adjective, noun, then a word that ends the phrase. */
    private static final Pattern PHRASE = Pattern.compile(
            "\\b(?:[Aa]|[Aa]n|[Tt]he|[Hh]is|[Hh]er|[Tt]heir) (?:([a-z]+) )?([a-z]{3,})(?=[.,!?;]| (?:named|called|who|that|was|is|had|and|in|on|at|to|with|of|for|from|lived|said|saw|went|loved|liked|wanted|came|by|near|under)\\b)");

    private static final Pattern NAMED = Pattern.compile("\\b([a-z]{3,}) (?:named|called) ([A-Z][a-z]+)\\b");
    private static final Pattern HERO =
            Pattern.compile("^([A-Z][a-z]{2,}) (?:was|is|had|and|loved|liked|wanted|found|saw)\\b");

    /** Where two sentences end: what comes later is not what the story is about. */
    private static final Pattern OPENING = Pattern.compile("^(?:.*?[.!?][\"”]?(?:\\s|$)){1,2}", Pattern.DOTALL);

    static Subjects of(Story story) {
        Matcher head = OPENING.matcher(story.text());
        String opening = head.find() ? head.group() : story.text();
        Set<String> nouns = new LinkedHashSet<>();
        Optional<String> described = Optional.empty();
        if (!story.topic().isEmpty() && mentions(opening, story.topic())) {
            nouns.add(story.topic());
        }
        Matcher phrase = PHRASE.matcher(opening);
        while (phrase.find() && nouns.size() < MOST) {
            String noun = phrase.group(2);
            String adjective = phrase.group(1);
            if (NOT_NOUNS.contains(noun) || (!nouns.contains(noun) && occurrences(story.text(), noun) < 2)) {
                continue;
            }
            nouns.add(noun);
            if (described.isEmpty()
                    && adjective != null
                    && nouns.iterator().next().equals(noun)
                    && !adjective.equals("other")) {
                described = Optional.of(adjective + " " + noun);
            }
        }
        Matcher named = NAMED.matcher(opening);
        return named.find()
                ? new Subjects(List.copyOf(nouns), described, Optional.of(named.group(2)), Optional.of(named.group()))
                : new Subjects(List.copyOf(nouns), described, name(opening, story.text()), Optional.empty());
    }

    /** The first sentences of a text, at most {@code count}; empty where it has no more than that. */
    static Optional<String> firstSentences(String text, int count) {
        var ends = new ArrayList<Integer>();
        Matcher end = Pattern.compile("[.!?][\"”]?(?=\\s)").matcher(text);
        while (end.find() && ends.size() < count) {
            ends.add(end.end());
        }
        String first = ends.size() < count ? "" : text.substring(0, ends.getLast());
        // A quotation cut in half or a line break inside would teach a broken answer.
        boolean whole = first.chars().filter(c -> c == '"').count() % 2 == 0
                && first.chars().filter(c -> c == '“').count()
                        == first.chars().filter(c -> c == '”').count();
        return first.isEmpty() || !whole || first.contains("\n") ? Optional.empty() : Optional.of(first);
    }

    private static Optional<String> name(String opening, String text) {
        Matcher hero = HERO.matcher(opening);
        boolean found = hero.find() && occurrences(text, hero.group(1).toLowerCase(Locale.ROOT)) >= 2;
        boolean pronoun = found
                && Set.of("She", "They", "One", "There", "This", "His", "Her").contains(hero.group(1));
        return found && !pronoun ? Optional.of(hero.group(1)) : Optional.empty();
    }

    private static boolean mentions(String text, String word) {
        return occurrences(text, word) > 0;
    }

    private static int occurrences(String text, String word) {
        String lower = text.toLowerCase(Locale.ROOT);
        int count = 0;
        for (int at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
            int end = at + word.length();
            boolean starts = at == 0 || !Character.isLetter(lower.charAt(at - 1));
            // The plural counts: a story that begins with "the bee" may go on with "the bees".
            boolean ends = end == lower.length()
                    || !Character.isLetter(lower.charAt(end))
                    || (lower.charAt(end) == 's'
                            && (end + 1 == lower.length() || !Character.isLetter(lower.charAt(end + 1))));
            count += starts && ends ? 1 : 0;
        }
        return count;
    }
}
