package ai.luthier.text.corpus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The rows of a pretraining run.
 *
 * @param training in random order
 * @param validation stories with a held-out topic or name, shaped in the same proportions
 * @param validationStories the same stories as running text, for comparing models with other vocabularies
 * @param duplicates how many near duplicates were dropped
 */
public record PretrainCorpus(
        List<Sequence> training, List<Sequence> validation, List<Story> validationStories, int duplicates) {

    public PretrainCorpus {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
        validationStories = List.copyOf(validationStories);
    }

    /**
     * The corpus made of the stories.
     *
     * @param seed of the order and of every choice; {@link Random} is specified to the bit, so the result is the same everywhere
     */
    public static PretrainCorpus shape(List<Story> stories, HeldOut heldOut, long seed) {
        List<Story> distinct = new ArrayList<>(NearDuplicates.removed(stories));
        Collections.shuffle(distinct, new Random(seed));
        List<Story> held = distinct.stream().filter(heldOut::holds).toList();
        List<Story> told =
                distinct.stream().filter(story -> !heldOut.holds(story)).toList();
        Predicate<String> askable = subject -> !heldOut.named(subject);
        var shaper = new Shaper(told, Variety.of(told, askable), new Random(seed + 1), askable);
        var validationShaper = new Shaper(held, Variety.NONE, new Random(seed + 2), subject -> true);
        return new PretrainCorpus(
                told.stream().map(shaper::shape).toList(),
                held.stream().map(validationShaper::shape).toList(),
                held,
                stories.size() - distinct.size());
    }
}
