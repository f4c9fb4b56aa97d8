/** Conversations and the templates that turn them into text. */
@NullMarked
package ai.luthier.text.chat;

import org.jspecify.annotations.NullMarked;
