/**
 * What {@code luthier check} tells before a job is started: errors, warnings, tokens, epochs, steps, time and price.
 *
 * <p>Open {@link ai.luthier.text.check.CheckReport} first:
 *
 * <pre>{@code
 * ValidationReport validation = TrainingFile.open(path).validate(settings, counter, ProblemSink.NONE);
 * CheckReport report = CheckReport.of("train.jsonl", base, validation, null, null, tokensPerSecond);
 * System.out.print(CheckText.of(report));
 * }</pre>
 *
 * <p>The numbers are those of the job: tokens come from the trainer's own encoder, epochs and steps from the trainer's own
 * plan, the price from the catalogue. Everything is immutable and safe for any thread.
 */
@NullMarked
package ai.luthier.text.check;

import org.jspecify.annotations.NullMarked;
