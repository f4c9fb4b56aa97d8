package ai.luthier.text.lines;

import ai.luthier.api.LuthierException;
import ai.luthier.text.jinja.JinjaException;
import java.util.Map;

/** What is answered to one request. */
@FunctionalInterface
public interface LineAnswer {

    /**
     * The answer, of strings, numbers, lists and maps.
     *
     * @throws LuthierException where the request is refused
     * @throws JinjaException where a template refuses it
     */
    Map<String, ?> to(Map<String, Object> request);
}
