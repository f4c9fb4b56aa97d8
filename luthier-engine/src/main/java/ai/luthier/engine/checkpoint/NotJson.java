package ai.luthier.engine.checkpoint;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;

/** Says in our own words that a file is not JSON, and where: the parser's words speak of its tokens and its classes. */
final class NotJson {

    private NotJson() {}

    static UserError refuse(Path file, JacksonException problem) {
        TokenStreamLocation at = problem.getLocation();
        String place = at == null || at.getLineNr() < 1
                ? ""
                : " at line " + at.getLineNr() + ", column " + Math.max(1, at.getColumnNr());
        String what = problem instanceof UnexpectedEndOfInputException
                ? ": it ends" + place + ", in the middle of a value."
                : ": what stands" + place + " cannot stand there.";
        return new UserError(
                ErrorCode.INVALID_MODEL,
                null,
                file + ": is not valid JSON" + what + " Download the file again, or correct it.",
                problem);
    }
}
