package ai.luthier.text.corpus;

import java.util.Locale;
import java.util.Map;

/** The little English grammar that requests need. */
final class Nouns {

    private static final Map<String, String> IRREGULAR = Map.of(
            "mouse",
            "mice",
            "fish",
            "fish",
            "sheep",
            "sheep",
            "deer",
            "deer",
            "wolf",
            "wolves",
            "child",
            "children",
            "man",
            "men",
            "woman",
            "women",
            "fireman",
            "firemen",
            "leaf",
            "leaves");

    private Nouns() {}

    /** "a" or "an" before the phrase, by its first letters; nothing before what looks like a plural. */
    static String withArticle(String phrase) {
        if (phrase.endsWith("s") && !phrase.endsWith("ss")) {
            return phrase;
        }
        boolean vowel = "aeio".indexOf(Character.toLowerCase(phrase.charAt(0))) >= 0
                || phrase.toLowerCase(Locale.ROOT).startsWith("um")
                || phrase.toLowerCase(Locale.ROOT).startsWith("ug")
                || phrase.toLowerCase(Locale.ROOT).startsWith("unh")
                || phrase.startsWith("honest");
        return (vowel ? "an " : "a ") + phrase;
    }

    /** The plural of a singular noun. */
    static String plural(String noun) {
        String irregular = IRREGULAR.get(noun);
        if (irregular != null) {
            return irregular;
        }
        if (noun.endsWith("y") && noun.length() > 1 && "aeiou".indexOf(noun.charAt(noun.length() - 2)) < 0) {
            return noun.substring(0, noun.length() - 1) + "ies";
        }
        boolean hissing = noun.endsWith("s") || noun.endsWith("x") || noun.endsWith("sh") || noun.endsWith("ch");
        return noun + (hissing ? "es" : "s");
    }
}
