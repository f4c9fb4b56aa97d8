package ai.luthier.text.misspell;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Misspells some words of a text as a person with habits does: a word that comes out wrong comes out wrong in the same
 * way each time.
 *
 * <p>Only lower-case words of at least four letters are touched, never their first letter. A doubled letter loses one
 * ({@code happy} → {@code hapy}); other words have two neighbours swapped, a letter doubled or a letter dropped, which
 * of them depends on the word. A misspelling is never another word of the list, so that {@code from} does not become
 * {@code form}. The same seed and text give the same result: {@link Random} is specified to the bit.
 *
 * <p>Not safe for several threads.
 */
public final class Misspeller {

    private static final Pattern WORD = Pattern.compile("(?<![\\p{L}'’])[a-z]{4,}(?![\\p{L}'’])");

    private final Random random;
    private final double share;
    private final Set<String> words;

    /**
     * @param seed of the choice of words
     * @param share of the words that could be misspelled and are, in [0, 1]
     * @param words correct words in lower case, which a misspelling must not hit
     */
    public Misspeller(long seed, double share, Set<String> words) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("share is " + share + ", not in [0, 1]");
        }
        this.random = new Random(seed);
        this.share = share;
        this.words = Set.copyOf(words);
    }

    /** The words of a text in lower case, for the list above. */
    public static List<String> wordsOf(String text) {
        return Pattern.compile("[\\p{L}]+")
                .matcher(text)
                .results()
                .map(match -> match.group().toLowerCase(Locale.ROOT))
                .toList();
    }

    /** The text with some words misspelled; at least one, if any can be and {@code share} is above 0. */
    public String misspell(String text) {
        List<int[]> places = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            if (!wrong(matcher.group()).equals(matcher.group())) {
                places.add(new int[] {matcher.start(), matcher.end()});
            }
        }
        boolean[] chosen = new boolean[places.size()];
        boolean any = false;
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = random.nextDouble() < share;
            any |= chosen[i];
        }
        if (!any && share > 0 && chosen.length > 0) {
            chosen[random.nextInt(chosen.length)] = true;
        }
        StringBuilder result = new StringBuilder();
        int done = 0;
        for (int i = 0; i < chosen.length; i++) {
            int start = places.get(i)[0];
            int end = places.get(i)[1];
            result.append(text, done, start);
            result.append(chosen[i] ? wrong(text.substring(start, end)) : text.substring(start, end));
            done = end;
        }
        return result.append(text, done, text.length()).toString();
    }

    /** The habitual misspelling of a word; the word itself where every way gives a correct one. */
    String wrong(String word) {
        Random habit = new Random(word.hashCode());
        int first = habit.nextInt(3);
        int place = 1 + habit.nextInt(word.length() - 2);
        List<String> ways = new ArrayList<>();
        int doubled = doubledLetter(word);
        if (doubled > 0) {
            ways.add(word.substring(0, doubled) + word.substring(doubled + 1));
        }
        for (int shift = 0; shift < word.length() - 2; shift++) {
            int at = 1 + (place - 1 + shift) % (word.length() - 2);
            for (int way = 0; way < 3; way++) {
                ways.add(
                        switch ((first + way) % 3) {
                            case 0 -> swapped(word, at);
                            case 1 -> word.substring(0, at + 1) + word.substring(at);
                            default -> word.substring(0, at) + word.substring(at + 1);
                        });
            }
        }
        return ways.stream()
                .filter(way -> !way.equals(word) && !words.contains(way))
                .findFirst()
                .orElse(word);
    }

    private static String swapped(String word, int at) {
        return word.substring(0, at) + word.charAt(at + 1) + word.charAt(at) + word.substring(at + 2);
    }

    /** The index of the second of two equal neighbours behind the first letter; -1 where there are none. */
    private static int doubledLetter(String word) {
        for (int i = 2; i < word.length(); i++) {
            if (word.charAt(i) == word.charAt(i - 1)) {
                return i;
            }
        }
        return -1;
    }
}
