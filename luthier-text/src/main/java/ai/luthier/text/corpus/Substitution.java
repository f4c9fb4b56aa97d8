package ai.luthier.text.corpus;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells the same story about something else. */
final class Substitution {

    private Substitution() {}

    /** The story with every {@code noun}, its plural and its article replaced, and {@code other} as its topic. */
    static Story ofNoun(Story story, String noun, String other) {
        Matcher matcher = Pattern.compile(
                        "\\b(an? )?(" + Pattern.quote(Nouns.plural(noun)) + "|" + Pattern.quote(noun) + ")\\b",
                        Pattern.CASE_INSENSITIVE)
                .matcher(story.text());
        String text = matcher.replaceAll(match -> {
            boolean several = !match.group(2).equalsIgnoreCase(noun);
            String word = several ? Nouns.plural(other) : other;
            String phrase = match.group(1) == null ? word : Nouns.withArticle(word);
            boolean capital = Character.isUpperCase(match.group().charAt(0));
            return Matcher.quoteReplacement(
                    capital ? Character.toUpperCase(phrase.charAt(0)) + phrase.substring(1) : phrase);
        });
        return new Story(other, text);
    }

    /** The story with its hero renamed. */
    static Story ofName(Story story, String name, String other) {
        return new Story(story.topic(), story.text().replaceAll("\\b" + Pattern.quote(name) + "\\b", other));
    }
}
