package ai.luthier.text.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.luthier.api.UserError;
import ai.luthier.text.corpus.Sequence.Chat;
import ai.luthier.text.corpus.Sequence.Plain;
import ai.luthier.text.corpus.Sequence.Role;
import ai.luthier.text.corpus.Sequence.Turn;
import ai.luthier.text.corpus.Variety.Retelling;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CorpusTest {

    private static final HeldOut HELD_OUT = new HeldOut(List.of("fox", "owl"), List.of("Zoe"));
    private static final List<String> ANIMALS =
            List.of("dog", "cat", "fox", "hen", "owl", "cow", "bee", "frog", "goat", "mouse");
    private static final List<String> NAMES = List.of("Lily", "Tom", "Zoe", "Max", "Sue");

    /** Stories with enough different words not to be near duplicates of each other. */
    private static List<Story> stories(int count) {
        var random = new Random(5);
        var stories = new ArrayList<Story>();
        for (int i = 0; i < count; i++) {
            String animal = ANIMALS.get(random.nextInt(ANIMALS.size()));
            var text = new StringBuilder("Once there was a kind " + animal + " named "
                    + NAMES.get(random.nextInt(NAMES.size())) + ". The " + animal + " was happy.");
            for (int word = 0; word < 40; word++) {
                text.append(' ')
                        .append(Integer.toString(0x10000 + random.nextInt(0xF0000), 36)
                                .replaceAll("[0-9]", "x"));
            }
            stories.add(new Story(animal, text.append('.').toString()));
        }
        return stories;
    }

    private static Stream<Turn> turns(List<Sequence> sequences) {
        return sequences.stream().flatMap(sequence -> switch (sequence) {
            case Plain plain -> Stream.of(new Turn(Role.ASSISTANT, plain.text()));
            case Chat chat -> chat.turns().stream();
        });
    }

    @Test
    void heldOutTopicsAndNamesAreNeverAskedForNorToldAboutInTraining() {
        PretrainCorpus corpus = PretrainCorpus.shape(stories(600), HELD_OUT, 1);

        assertThat(corpus.training()).hasSizeGreaterThan(300);
        assertThat(turns(corpus.training()))
                .noneMatch(
                        turn -> turn.content().toLowerCase(Locale.ROOT).matches(".*\\b(fox|foxes|owl|owls|zoe)\\b.*"));
        assertThat(corpus.validationStories()).isNotEmpty().allMatch(HELD_OUT::holds);
        assertThat(turns(corpus.validation()).filter(turn -> turn.role() == Role.USER))
                .anyMatch(turn -> turn.content().matches(".*\\b(fox|owl)\\b.*"));
    }

    @Test
    void sameSeedGivesTheSameCorpus() {
        PretrainCorpus corpus = PretrainCorpus.shape(stories(200), HELD_OUT, 3);

        assertThat(PretrainCorpus.shape(stories(200), HELD_OUT, 3)).isEqualTo(corpus);
        assertThat(PretrainCorpus.shape(stories(200), HELD_OUT, 4)).isNotEqualTo(corpus);
    }

    @Test
    void nearDuplicatesAreDropped_theFirstStays() {
        List<Story> stories = new ArrayList<>(stories(50));
        Story original = stories.get(10);
        Story copy = new Story(original.topic(), original.text().replace("was happy", "was so happy"));
        stories.add(copy);

        assertThat(NearDuplicates.removed(stories))
                .hasSize(50)
                .contains(original)
                .doesNotContain(copy);
    }

    @Test
    void aRequestNamesWhatTheAnswerTells() {
        Story story = new Story(
                "",
                "Once upon a time, a clever turtle named Pip found a kite. The turtle flew the kite. Pip was glad about the kite.");

        Subjects subjects = Subjects.of(story);

        assertThat(subjects.nouns()).containsExactly("turtle", "kite");
        assertThat(subjects.described()).contains("clever turtle");
        assertThat(subjects.hero()).contains("turtle named Pip");
        assertThat(Nouns.withArticle("umbrella")).isEqualTo("an umbrella");
        assertThat(Nouns.withArticle("unicorn")).isEqualTo("a unicorn");
        assertThat(Nouns.plural("wolf")).isEqualTo("wolves");
    }

    @Test
    void aStoryCanBeRetoldAboutAnythingElse() {
        Story story = new Story("dog", "A dog named Tim ran. The dogs saw a doghouse. Tim's dog was a good dog.");

        assertThat(Substitution.ofNoun(story, "dog", "umbrella"))
                .isEqualTo(
                        new Story(
                                "umbrella",
                                "An umbrella named Tim ran. The umbrellas saw a doghouse. Tim's umbrella was a good umbrella."));
        assertThat(Substitution.ofName(story, "Tim", "Sue").text())
                .isEqualTo("A dog named Sue ran. The dogs saw a doghouse. Sue's dog was a good dog.");
    }

    @Test
    void requestsNameManyMoreThingsThanTheTopics_yetNoneThatIsHeldOut() {
        List<Story> stories =
                stories(300).stream().filter(story -> !HELD_OUT.holds(story)).toList();
        Variety variety = Variety.of(stories, subject -> !HELD_OUT.named(subject));

        assertThat(variety.nouns()).contains("dog", "cat", "hen").doesNotContain("fox", "owl");
        assertThat(variety.names()).contains("Lily", "Tom").doesNotContain("Zoe");
        var random = new Random(2);
        assertThat(stories.stream()
                        .map(story -> variety.vary(story, random).story())
                        .filter(stories::contains))
                .hasSizeBetween(stories.size() / 6, stories.size() / 2);
        assertThat(Variety.NONE.vary(stories.getFirst(), random)).isEqualTo(new Retelling(stories.getFirst(), false));
    }

    @Test
    void inventedNounsAreEndless_andTheRequestNamesThem() {
        var random = new Random(7);
        List<String> drawn = Stream.generate(() -> InventedNoun.draw(random, "dog"::equals))
                .limit(1000)
                .toList();

        assertThat(drawn).allMatch(noun -> noun.matches("[a-z]{3,}"));
        assertThat(drawn.stream().distinct()).hasSizeGreaterThan(950);

        PretrainCorpus corpus = PretrainCorpus.shape(stories(1500), HELD_OUT, 1);
        var told = Pattern.compile("kind ([a-z]+) named");
        long invented = 0;
        for (Sequence sequence : corpus.training()) {
            if (sequence instanceof Chat(List<Turn> turns) && turns.size() == 2) {
                var noun = told.matcher(turns.getLast().content());
                if (noun.find() && !ANIMALS.contains(noun.group(1))) {
                    assertThat(turns.getFirst().content()).contains(noun.group(1));
                    invented++;
                }
            }
        }
        assertThat(invented).isGreaterThan(5);
    }

    @Test
    void topicThatTheStoryNeverMentionsIsNotAskedFor() {
        assertThat(Subjects.of(new Story("car", "Mia saw a carpet. She sat on the carpet."))
                        .nouns())
                .containsExactly("carpet");
    }

    @Test
    void firstSentencesEndAtAFullStop_andNeverInsideAQuotation() {
        assertThat(Subjects.firstSentences("A hen sat. It was red! It ate.", 2)).contains("A hen sat. It was red!");
        assertThat(Subjects.firstSentences("\"Hello. I am Tom,\" he said. Then he left.", 1))
                .isEqualTo(Optional.empty());
        assertThat(Subjects.firstSentences("One sentence only.", 1)).isEmpty();
    }

    @Test
    void onlyTheAssistantIsLearnt_andEveryTurnEnds() {
        var chat = new Chat(List.of(
                new Turn(Role.SYSTEM, "Be kind."),
                new Turn(Role.USER, "A story."),
                new Turn(Role.ASSISTANT, "A hen sat.")));
        var encoder = new SequenceEncoder(SequenceEncoder.learnVocabulary(List.of(chat), 300));

        short[] row = encoder.encode(chat);

        var learnt = new StringBuilder();
        for (short token : row) {
            learnt.append(TokenRows.learnt(token) ? 'L' : '.');
        }
        assertThat(learnt.toString()).matches("\\.+L+").endsWith("L");
        assertThat(TokenRows.id(row[row.length - 1])).isEqualTo(SequenceEncoder.SPECIAL_TOKENS.indexOf("<|end|>"));
        assertThat(TokenRows.id(row[0])).isEqualTo(SequenceEncoder.SPECIAL_TOKENS.indexOf("<|system|>"));
    }

    @Test
    void tokenRowsSurviveTheDisk(@TempDir Path folder) throws Exception {
        var rows = new TokenRows(List.of(
                new short[] {TokenRows.token(1, false), TokenRows.token(4095, true)},
                new short[] {TokenRows.token(32767, true)}));
        Path file = folder.resolve("rows");
        rows.write(file);

        List<short[]> read = TokenRows.read(file).rows();

        assertThat(read).hasSize(2);
        assertThat(read.get(0)).isEqualTo(rows.rows().get(0));
        assertThat(read.get(1)).isEqualTo(rows.rows().get(1));
    }

    @Test
    void readsPlainAndPackedFiles_andNamesTheLineThatIsWrong(@TempDir Path folder) throws Exception {
        Path packed = folder.resolve("a.jsonl.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
            out.write(
                    "{\"topic\":\"dog\",\"text\":\"A dog.\"}\n\n{\"text\":\"B.\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        Path broken = folder.resolve("b.jsonl");
        Files.writeString(broken, "{\"text\":\"A.\"}\n{\"topic\":\"x\"}\n");

        assertThat(StoryFile.read(List.of(packed))).containsExactly(new Story("dog", "A dog."), new Story("", "B."));
        assertThatThrownBy(() -> StoryFile.read(List.of(broken)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("b.jsonl line 2");
    }
}
