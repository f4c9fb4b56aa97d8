/**
 * From a file of stories to the token rows a model is pretrained on: near-duplicates out, topics and names held out for
 * validation, a part of the stories shaped as conversations.
 *
 * <p>Open {@link ai.luthier.text.corpus.PretrainCorpus} first; it is the recipe, the other classes are its steps.
 *
 * <pre>{@code
 * var corpus = PretrainCorpus.shape(StoryFile.read(files), settings);
 * corpus.training();     // List<Sequence>, in random order
 * corpus.validation();   // only stories and prompts with a held-out topic or name
 * }</pre>
 *
 * <p>Invariants: everything is a pure function of the stories and the seed; no held-out topic or name is asked for, and no
 * story about one appears, in the training part. All classes are immutable or used by one thread.
 */
@NullMarked
package ai.luthier.text.corpus;

import org.jspecify.annotations.NullMarked;
