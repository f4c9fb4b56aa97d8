/**
 * One JSON object a line in, one a line out: the doors through which other programs compare our templates and tokenizers
 * with theirs.
 *
 * <p>Open {@link LineService} first: it reads and answers lines; {@link RenderLines} and {@link TokenizeLines} say what.
 *
 * <pre>{@code
 * LineService.serve(System.in, System.out, new RenderLines(source, RenderSettings.standard(), false));
 * // {"messages": [{"role": "user", "content": "hi"}], "add_generation_prompt": true}   ->   {"text":"…"}
 * }</pre>
 *
 * <p>Invariants: every line gets exactly one line, in order and flushed; nothing that a line holds ends the process; numbers
 * and strings are read as Python's {@code json} reads them ({@code NaN}, integers of any size, lone surrogates); answers are
 * pure ASCII. One thread.
 */
@NullMarked
package ai.luthier.text.lines;

import org.jspecify.annotations.NullMarked;
