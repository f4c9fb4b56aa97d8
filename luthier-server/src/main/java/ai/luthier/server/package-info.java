/** The server. */
@NullMarked
package ai.luthier.server;

import org.jspecify.annotations.NullMarked;
