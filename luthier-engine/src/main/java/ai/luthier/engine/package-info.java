/** The engine. */
@NullMarked
package ai.luthier.engine;

import org.jspecify.annotations.NullMarked;
