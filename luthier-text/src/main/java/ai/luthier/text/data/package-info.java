/**
 * Training files: the formats OpenAI documents, read and judged line by line in bounded memory.
 *
 * <p>Open {@link ai.luthier.text.data.TrainingFile} first:
 *
 * <pre>{@code
 * TrainingFile file = TrainingFile.open(Path.of("train.jsonl"));
 * ValidationReport report = file.validate(ValidationSettings.training("file-abc", 4096), counter, ProblemSink.NONE);
 * report.errors().forEach(error -> System.err.println(error.text()));
 * try (Examples examples = file.examples()) {
 *     examples.forEachRemaining(example -> train(encoder.encode(example)));
 * }
 * }</pre>
 *
 * <p>The way of a row: {@code LineReader} cuts bytes into lines, {@code Utf8} checks them, {@code RowScanner} judges the
 * JSON while streaming over it, {@code ExampleReader} makes the {@link ai.luthier.text.data.Example} of a sound row and
 * {@link ai.luthier.text.data.Conversations} brings OpenAI's messages into the form of chat templates, for rows and chat
 * requests alike.
 *
 * <p>Invariants: all findings of a file come in one run, each with line, message and key; a row that passed gives an
 * {@code Example}; memory does not grow with the file beyond 8 bytes a row. Whatever reads is owned by one thread;
 * records, {@code TrainingFile} and {@code Conversations} are safe for all.
 */
@NullMarked
package ai.luthier.text.data;

import org.jspecify.annotations.NullMarked;
