package ai.luthier.text.corpus;

import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/** Nouns that could be English and are not: "plindor", "quobe". Two or three syllables, singular, lower case. */
final class InventedNoun {

    private static final List<String> BEGINNINGS = List.of(
            "b", "bl", "br", "c", "cl", "cr", "d", "dr", "f", "fl", "fr", "g", "gl", "gr", "h", "j", "k", "l", "m", "n",
            "p", "pl", "pr", "qu", "r", "s", "sc", "sh", "sk", "sl", "sn", "sp", "st", "t", "th", "tr", "tw", "u", "um",
            "v", "w", "y", "z", "o", "al", "en");
    private static final List<String> VOWELS =
            List.of("a", "e", "i", "o", "u", "a", "e", "i", "o", "u", "oo", "ee", "ai", "ou");
    private static final List<String> MIDDLES = List.of(
            "b", "bb", "br", "d", "dd", "f", "g", "gg", "k", "l", "ll", "lm", "m", "mb", "n", "nd", "ng", "nn", "p",
            "pp", "r", "rb", "rd", "rr", "st", "t", "tt", "v", "x", "z");
    private static final List<String> ENDINGS = List.of(
            "a", "ar", "e", "el", "en", "er", "et", "ia", "in", "le", "o", "on", "or", "ot", "ow", "y", "ock", "ump",
            "ish", "ella", "oon", "ick", "aur", "ade");

    private InventedNoun() {}

    /** The next one that is not {@code taken}. */
    static String draw(Random random, Predicate<String> taken) {
        String word;
        do {
            var text = new StringBuilder(pick(BEGINNINGS, random));
            if ("aeiou".indexOf(text.charAt(text.length() - 1)) < 0
                    || text.toString().equals("qu")) {
                text.append(pick(VOWELS, random));
            }
            for (int middles = 1 + random.nextInt(4) / 3; middles > 0; middles--) {
                text.append(pick(MIDDLES, random));
                text.append(middles > 1 ? pick(VOWELS, random) : "");
            }
            word = text.append(pick(ENDINGS, random)).toString();
        } while (taken.test(word));
        return word;
    }

    private static String pick(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
