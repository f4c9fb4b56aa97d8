package ai.luthier.cli;

import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a command says to a person: results on standard output, everything else on standard error.
 *
 * <p>The progress line is redrawn in place on a terminal, and printed at most every {@value #PLAIN_INTERVAL_SECONDS} s where
 * the output goes to a file. Colours follow the terminal and {@code NO_COLOR}. Not thread-safe: one command, one thread.
 */
final class Console {

    private static final int PLAIN_INTERVAL_SECONDS = 10;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private final boolean colours;
    private int progressWidth;
    private long lastPlainProgress;
    private @Nullable String lastProgress;

    Console(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
        this.colours = terminal && System.getenv("NO_COLOR") == null;
    }

    static Console standard() {
        boolean terminal = Optional.ofNullable(System.console())
                .map(java.io.Console::isTerminal)
                .orElse(false);
        return new Console(System.out, System.err, terminal);
    }

    /** A line of the result. */
    void print(String line) {
        clearProgress();
        out.println(line);
        out.flush();
    }

    /** A line about the work, not part of the result. */
    void say(String line) {
        clearProgress();
        err.println(line);
        err.flush();
    }

    /** Replaces the progress line. */
    void progress(String line) {
        if (terminal) {
            String padded = line.length() >= progressWidth ? line : line + " ".repeat(progressWidth - line.length());
            err.print("\r" + padded);
            err.flush();
            progressWidth = line.length();
            return;
        }
        long now = System.nanoTime();
        if (lastPlainProgress == 0 || now - lastPlainProgress >= PLAIN_INTERVAL_SECONDS * 1_000_000_000L) {
            lastPlainProgress = now;
            err.println(line);
            err.flush();
            lastProgress = null;
        } else {
            lastProgress = line;
        }
    }

    /** Ends the progress line, leaving its last state to be read. */
    void endProgress() {
        if (terminal && progressWidth > 0) {
            err.println();
            progressWidth = 0;
        } else if (lastProgress != null) {
            err.println(lastProgress);
            lastProgress = null;
        }
        lastPlainProgress = 0;
        err.flush();
    }

    private void clearProgress() {
        if (terminal && progressWidth > 0) {
            err.print("\r" + " ".repeat(progressWidth) + "\r");
            err.flush();
            progressWidth = 0;
        }
    }

    String bold(String text) {
        return styled("1", text);
    }

    String dim(String text) {
        return styled("2", text);
    }

    String green(String text) {
        return styled("32", text);
    }

    String red(String text) {
        return styled("31", text);
    }

    private String styled(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
