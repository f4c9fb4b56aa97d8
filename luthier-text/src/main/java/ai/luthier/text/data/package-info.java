/** Training files: the formats, a streaming reader and the validator. */
@NullMarked
package ai.luthier.text.data;

import org.jspecify.annotations.NullMarked;
