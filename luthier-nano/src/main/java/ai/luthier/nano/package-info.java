/** The embedded base model. */
@NullMarked
package ai.luthier.nano;

import org.jspecify.annotations.NullMarked;
