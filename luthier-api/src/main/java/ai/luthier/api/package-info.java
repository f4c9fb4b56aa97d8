/**
 * The vocabulary every other module shares: error codes and the one exception tree.
 *
 * <p>Open {@link ai.luthier.api.ErrorCode} first. Each refusal anywhere in Luthier is one of its constants, thrown in a
 * {@link ai.luthier.api.LuthierException}; HTTP status, OpenAI error type and process exit code follow from it:
 *
 * <pre>{@code
 * throw new UserError(ErrorCode.INVALID_VALUE, "suffix", "'suffix' has 70 characters; at most 64 are allowed.");
 * }</pre>
 *
 * <p>Everything here is immutable and safe for any thread.
 */
@NullMarked
package ai.luthier.api;

import org.jspecify.annotations.NullMarked;
