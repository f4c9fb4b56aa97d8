/**
 * Training runs: from a file of examples and a base model to an adapter.
 *
 * <p>Open {@link ai.luthier.engine.train.RunSpec} for what a run is made of and
 * {@link ai.luthier.engine.train.RunEvent} for what it tells.
 */
@NullMarked
package ai.luthier.engine.train;

import org.jspecify.annotations.NullMarked;
