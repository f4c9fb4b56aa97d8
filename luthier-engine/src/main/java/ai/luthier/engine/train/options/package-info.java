/**
 * What a client may choose about training beyond OpenAI's fields: the object {@code luthier} of a job, the flags of
 * {@code luthier train}.
 *
 * <p>Open {@link ai.luthier.engine.train.options.TrainingOptions} first; {@link
 * ai.luthier.engine.train.options.TrainingMethod} is the one list of methods.
 *
 * <pre>{@code
 * Map<String, Object> given = Map.of("method", "last_layers", "last_layers", 4);
 * TrainingOptions options = TrainingOptions.read(given, TrainingOptions.DEFAULTS, "luthier");
 * }</pre>
 *
 * <p>Invariants: an empty object means what a job without one means; a key that is not known is refused by its name, and
 * everything wrong with an object is said at once. To add a key: a component of {@code TrainingOptions}, a line in its
 * {@code read}, a row in {@code docs/api-compatibility.md}; a group of keys is an object inside, read by
 * {@code OptionsReader.object}. Nothing here touches a model.
 */
@NullMarked
package ai.luthier.engine.train.options;

import org.jspecify.annotations.NullMarked;
