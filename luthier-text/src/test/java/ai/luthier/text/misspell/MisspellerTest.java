package ai.luthier.text.misspell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.text.data.ProblemSink;
import ai.luthier.text.data.TrainingFile;
import ai.luthier.text.data.ValidationReport;
import ai.luthier.text.data.ValidationSettings;
import ai.luthier.text.misspell.MisspelledRows.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MisspellerTest {

    private static final String STORY =
            "Once upon a time a little girl named Lily walked from her house into the forest. She didn't see the happy"
                    + " rabbit behind the tree. \"Hello,\" said the rabbit, \"will you play with me?\" They played until the"
                    + " evening, and then Lily went home to her mother.";

    @Test
    void sameSeedSameText_otherSeedOtherText() {
        assertThat(misspeller(1, 0.5).misspell(STORY))
                .isEqualTo(misspeller(1, 0.5).misspell(STORY));
        assertThat(misspeller(1, 0.5).misspell(STORY))
                .isNotEqualTo(misspeller(2, 0.5).misspell(STORY));
    }

    /** The committed example depends on these bytes. */
    @Test
    void resultIsPinned() {
        assertThat(misspeller(7, 0.4).misspell(STORY)).isEqualTo(PINNED);
    }

    @Test
    void everyMisspelledWordIsOutsideTheList_andNothingElseChanges() {
        Set<String> words = new HashSet<>(Misspeller.wordsOf(STORY));
        String[] before = STORY.split(" ");
        String[] after = misspeller(3, 1).misspell(STORY).split(" ");
        assertThat(after).hasSameSizeAs(before);
        for (int i = 0; i < before.length; i++) {
            if (!before[i].equals(after[i])) {
                assertThat(before[i]).doesNotContain("Lily", "didn't", "She").hasSizeGreaterThanOrEqualTo(4);
                assertThat(words).doesNotContainAnyElementsOf(Misspeller.wordsOf(after[i]));
            }
        }
        assertThat(String.join(" ", after)).contains("Lily", "didn't", "litle", "hapy", "rabit");
    }

    @Test
    void neverAnotherWord() {
        Misspeller misspeller = new Misspeller(1, 1, Set.of("from", "form", "fom", "frm", "ffrom", "frrom", "froom"));
        assertThat(misspeller.wrong("from")).isNotIn("from", "form", "fom", "frm", "frrom", "froom");
        Set<String> every = Set.of("trei", "tere", "teer", "tre", "tee", "trree", "treee", "tree");
        assertThat(new Misspeller(1, 1, every).wrong("tree")).isEqualTo("tree");
    }

    @Test
    void aWordHasOneHabit() {
        String text = misspeller(5, 1).misspell("mother and mother and mother");
        assertThat(Set.copyOf(List.of(text.split(" and ")))).hasSize(1).doesNotContain("mother");
    }

    @Test
    void atLeastOneWordWhereOneCanBe() {
        assertThat(misspeller(1, 0.0001).misspell("A mother")).isNotEqualTo("A mother");
        assertThat(misspeller(1, 0).misspell(STORY)).isEqualTo(STORY);
        assertThat(misspeller(1, 1).misspell("He is 12.")).isEqualTo("He is 12.");
        assertThatThrownBy(() -> misspeller(1, 1.5)).hasMessageContaining("1.5");
    }

    @Test
    void rowsAreATrainingFile(@TempDir Path directory) throws IOException {
        List<Told> stories = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            stories.add(new Told("Tell me a story about number " + i + ".", STORY + " " + "again ".repeat(i)));
        }
        stories.add(new Told("Once more", STORY));
        List<String> rows = MisspelledRows.rows(stories, 1, 0.3);
        assertThat(rows).hasSize(31).doesNotHaveDuplicates();
        assertThat(rows.getFirst())
                .isEqualTo("{\"messages\":[{\"role\":\"system\",\"content\":\"" + MisspelledRows.SYSTEM
                        + "\"},{\"role\":\"user\",\"content\":\"Tell me a story.\"},{\"role\":\"assistant\",\"content\":\""
                        + MisspelledRows.FIRST_ANSWER + "\"}]}");
        Path file = Files.write(directory.resolve("misspeller.jsonl"), rows);
        ValidationReport report = TrainingFile.open(file)
                .validate(ValidationSettings.training("misspeller.jsonl", 2048), null, ProblemSink.NONE);
        assertThat(report.ok()).isTrue();
        assertThat(report.warnings()).isEmpty();
    }

    private static final String PINNED =
            "Once upon a time a litle girl named Lily walkde froom her house ito the forest. She didn't see the happy"
                    + " rabbit behind the tree. \"Hello,\" siad the rabit, \"will you ply wiht me?\" They played untiil the"
                    + " evening, and then Lily weent home to her mother.";

    private static Misspeller misspeller(long seed, double share) {
        return new Misspeller(seed, share, new HashSet<>(Misspeller.wordsOf(STORY)));
    }
}
