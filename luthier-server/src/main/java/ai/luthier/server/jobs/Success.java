package ai.luthier.server.jobs;

import ai.luthier.server.files.StagedFile;
import java.math.BigDecimal;

/**
 * What a finished run hands over. All of it becomes visible in one moment.
 *
 * @param folder a complete, synced PEFT directory in the models folder, named by {@code ModelRegistry.newFolder()}
 * @param trainedTokens tokens of the rows as trained, times epochs
 * @param results the CSV of {@link ResultCsv}, staged
 * @param usd the price, exact
 */
public record Success(String folder, long trainedTokens, StagedFile results, BigDecimal usd) {}
