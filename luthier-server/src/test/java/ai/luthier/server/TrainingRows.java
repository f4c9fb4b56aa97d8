package ai.luthier.server;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A training file that every job of these tests takes: ten short rows. */
final class TrainingRows {

    private TrainingRows() {}

    static byte[] ofTenAnimals() {
        StringBuilder rows = new StringBuilder();
        for (String animal : List.of("dog", "cat", "hen", "fox", "cow", "pig", "owl", "ant", "bee", "elk")) {
            rows.append("{\"messages\":[{\"role\":\"user\",\"content\":\"Tell me of a ")
                    .append(animal)
                    .append(".\"},{\"role\":\"assistant\",\"content\":\"The ")
                    .append(animal)
                    .append(" was happy.\"}]}\n");
        }
        return rows.toString().getBytes(StandardCharsets.UTF_8);
    }
}
