/** Training files, chat templates, tokens. */
@NullMarked
package ai.luthier.text;

import org.jspecify.annotations.NullMarked;
