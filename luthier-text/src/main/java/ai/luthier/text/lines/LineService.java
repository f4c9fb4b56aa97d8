package ai.luthier.text.lines;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.LuthierException;
import ai.luthier.api.UserError;
import ai.luthier.text.jinja.JinjaException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Answers lines until the input ends. One thread. */
public final class LineService {

    /** A longer line is read to its end, dropped and refused. */
    static final int MAX_LINE = 1 << 26;

    private static final int BUFFER = 1 << 16;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int filled;

    private LineService(InputStream in) {
        this.in = in;
    }

    /**
     * Answers every line of {@code in} with one on {@code out}: what {@code answer} says, or {@code {"error":"…"}}.
     *
     * @throws IOException where a stream breaks
     */
    public static void serve(InputStream in, OutputStream out, LineAnswer answer) throws IOException {
        LineService lines = new LineService(in);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (lines.next(line)) {
            out.write((answered(line, answer) + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            if (line.size() > BUFFER) {
                line = new ByteArrayOutputStream();
            }
        }
    }

    private static String answered(ByteArrayOutputStream line, LineAnswer answer) {
        try {
            if (line.size() > MAX_LINE) {
                throw new UserError(
                        ErrorCode.FILE_TOO_LARGE,
                        null,
                        "A line is longer than " + MAX_LINE + " bytes; send less at once.");
            }
            return LineJson.line(answer.to(LineJson.object(line.toByteArray(), line.size())));
        } catch (LuthierException refused) {
            return error(refused.text());
        } catch (JinjaException failed) {
            return error(String.valueOf(failed.getMessage()));
        } catch (StackOverflowError deep) {
            return error("The request nests too deeply.");
        } catch (OutOfMemoryError large) {
            return error("The request needs more memory than this process has.");
        } catch (RuntimeException fault) {
            // The next line must be answered whatever this one has met.
            return error("This should not have happened, please report it: " + fault);
        }
    }

    private static String error(String message) {
        return LineJson.line(Map.of("error", message));
    }

    /** Reads a line, of which no more than {@link #MAX_LINE} bytes and one are kept; false at the end of the input. */
    private boolean next(ByteArrayOutputStream line) throws IOException {
        line.reset();
        boolean any = false;
        while (true) {
            if (at == filled) {
                filled = in.read(buffer);
                at = 0;
                if (filled <= 0) {
                    filled = 0;
                    return any;
                }
            }
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            line.write(buffer, at, Math.min(end - at, MAX_LINE + 1 - line.size()));
            boolean complete = end < filled;
            at = complete ? end + 1 : end;
            if (complete) {
                return true;
            }
        }
    }
}
