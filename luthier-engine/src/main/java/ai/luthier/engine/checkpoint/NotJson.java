package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** Says in our own words that a file is not JSON, and where: the parser's words speak of its tokens and its classes. */
final class NotJson {

    private NotJson() {}

    static UserError refuse(Path file, JacksonException problem) {
        return refuse(file, "is", problem);
    }

    /** The same for a part of the file: {@code what} is the beginning of the sentence, "the header is". */
    static UserError refuse(Path file, String what, JacksonException problem) {
        return new UserError(
                ErrorCode.INVALID_MODEL,
                null,
                file + ": " + what + " not valid JSON: " + reason(problem) + " Download the file again, or correct it.",
                problem);
    }

    private static String reason(JacksonException problem) {
        if (problem instanceof StreamConstraintsException) {
            return "it is nested too deeply, or holds a number or a name that is too long.";
        }
        String original = String.valueOf(problem.getOriginalMessage());
        if (original.startsWith("Duplicate Object property")) {
            return original.replace("Duplicate Object property", "it has two values for") + ".";
        }
        TokenStreamLocation at = problem.getLocation();
        String place = at == null || at.getLineNr() < 1
                ? ""
                : " at line " + at.getLineNr() + ", column " + Math.max(1, at.getColumnNr());
        return problem instanceof UnexpectedEndOfInputException
                ? "it ends" + place + ", in the middle of a value."
                : "what stands" + place + " cannot stand there.";
    }
}
