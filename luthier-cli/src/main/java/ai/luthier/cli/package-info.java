/** The luthier command. */
@NullMarked
package ai.luthier.cli;

import org.jspecify.annotations.NullMarked;
