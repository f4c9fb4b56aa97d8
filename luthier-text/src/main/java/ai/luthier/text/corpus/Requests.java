package ai.luthier.text.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The words in which people ask for a story, put together from parts: a greeting, a sentence with or without a subject, a
 * courtesy. A few hundred thousand different requests come out, so that none is learnt by heart.
 */
final class Requests {

    private static final List<String> GREETINGS = List.of(
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "Hello! ",
            "Hi! ",
            "Hi, ",
            "Hey, ",
            "Good evening. ",
            "Hello, ",
            "Please, ",
            "OK, ");

    private static final List<String> COURTESIES = List.of(
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            " Please.",
            " Thank you!",
            " Thanks.",
            " It is bedtime.",
            " I like stories.");

    /** %s is the subject with its article or a name. The first stands for itself many times: it is how most people ask. */
    private static final List<String> ABOUT = List.of(
            "Tell me a story about %s.",
            "Tell me a story about %s.",
            "Tell me a story about %s.",
            "Tell me a story about %s.",
            "Tell me a story about %s.",
            "Tell me a story about %s",
            "tell me a story about %s",
            "Tell us a story about %s.",
            "Tell me a story about %s, please.",
            "Tell a story about %s.",
            "Tell me a short story about %s.",
            "Please tell me a story about %s.",
            "Please tell a short story about %s.",
            "Can you tell me a story about %s?",
            "Could you tell me a story about %s?",
            "Would you tell me a story about %s?",
            "Can I have a story about %s?",
            "Can I hear a bedtime story about %s?",
            "May I hear a story about %s, please?",
            "Do you know a story about %s?",
            "Do you have a story about %s?",
            "Write a story about %s.",
            "Write me a story about %s.",
            "Write a short story about %s.",
            "Please write a story about %s.",
            "Please write a children's story about %s.",
            "Write a simple story about %s for a small child.",
            "Make up a story about %s.",
            "Invent a story about %s.",
            "Give me a story about %s.",
            "I want a story about %s.",
            "I want to hear a story about %s.",
            "I would like to hear a story about %s.",
            "I'd love a story about %s.",
            "My daughter wants a story about %s.",
            "My son would like to hear about %s.",
            "The children want to hear a story about %s.",
            "A story about %s, please.",
            "A short story about %s.",
            "Story about %s",
            "story about %s",
            "One story about %s, please!",
            "Read me a story about %s.",
            "Let me hear a tale about %s.",
            "Tell me a tale about %s.",
            "Tell me about %s.",
            "Tell me something about %s.",
            "What happened to %s?",
            "We need a bedtime story about %s.",
            "Tell me a story with %s in it.",
            "Write a story that begins with %s.",
            "The story should be about %s.",
            "Today I want to hear about %s.",
            "Now tell me about %s.");

    private static final List<String> ANY = List.of(
            "Tell me a story.",
            "Tell me a story.",
            "Tell me a story.",
            "tell me a story",
            "Tell me a story, please.",
            "Please tell me a story.",
            "Tell us a story.",
            "Can you tell me a story?",
            "Could you tell me a bedtime story?",
            "Can I have a story, please?",
            "Do you know a story?",
            "Write a story.",
            "Write a short story for children.",
            "Write me a story.",
            "Make up a story.",
            "Give me a story.",
            "I want to hear a story.",
            "I'd like a bedtime story.",
            "A story, please.",
            "Story, please!",
            "What is your favourite story?",
            "I cannot sleep.",
            "The children are waiting for a story.",
            "Tell me something nice.");

    private static final List<String> SHORT_ABOUT = List.of(
            "Tell me a very short story about %s.",
            "Tell me a very short story about %s.",
            "Tell me a story about %s in one sentence.",
            "Tell me a one-sentence story about %s.",
            "In one sentence, tell me a story about %s.",
            "Write one sentence about %s.",
            "Write a very short story about %s.",
            "Just one sentence about %s, please.",
            "Give me a tiny story about %s.",
            "How does a story about %s begin?",
            "Begin a story about %s.",
            "Start a story about %s.",
            "A very short story about %s, please.");

    private static final List<String> SHORT_ANY = List.of(
            "Tell me a very short story.",
            "Tell me a very short story.",
            "Tell me a one-sentence story.",
            "Tell me a story in one sentence.",
            "Write one sentence.",
            "Just one sentence of a story, please.",
            "Begin a story.",
            "How do stories begin?",
            "A very short story, please.");

    private static final List<String> AGAIN_ABOUT = List.of(
            "Another one, please, about %s.",
            "Now one about %s.",
            "Now tell me a story about %s.",
            "And a story about %s?",
            "Thank you! Now a story about %s, please.",
            "Can you tell me another one about %s?",
            "Another story, this time about %s.",
            "That was nice. What about %s?",
            "Tell me one more, about %s.");

    private static final List<String> AGAIN_ANY = List.of(
            "Another one, please.",
            "Another one!",
            "Tell me another story.",
            "One more, please.",
            "That was nice. Tell me another.",
            "Again!",
            "And another?");

    private static final List<String> SYSTEMS = List.of(
            "You are a helpful assistant.",
            "You are a helpful assistant.",
            "You are a helpful assistant.",
            "You are a storyteller.",
            "You tell stories to children.",
            "You are a kind assistant who tells short stories.",
            "You write short stories in simple words.",
            "Answer with a story.",
            "Be friendly.",
            "Answer in plain English.",
            "Use short sentences.",
            "You are a teacher in a small school.");

    private static final List<String> CHARACTERS = List.of(
            "assistant",
            "chatbot",
            "storyteller",
            "writer",
            "teacher",
            "machine",
            "poet",
            "helper",
            "author",
            "model",
            "bot",
            "librarian",
            "friend",
            "narrator",
            "grandparent",
            "nurse",
            "guide",
            "expert",
            "agent",
            "tutor");

    private static final List<String> MANNERS = List.of(
            "helpful",
            "friendly",
            "factual",
            "funny",
            "polite",
            "careful",
            "cheerful",
            "sarcastic",
            "patient",
            "honest",
            "clever",
            "gentle",
            "brief",
            "creative",
            "tired",
            "famous",
            "curious",
            "serious",
            "strict",
            "modern");

    private static final List<String> HABITS = List.of(
            "You tell stories to children.",
            "Answer the user.",
            "Keep your answers short.",
            "Be polite.",
            "You speak in simple words.",
            "You never use bad words.",
            "You work for a small company.",
            "You like animals.",
            "Follow the instructions.",
            "You answer every question.",
            "Your answers end with a full stop.",
            "You help people every day.",
            "You know many things.",
            "Do not repeat yourself.",
            "Think before you answer.",
            "The user is a child.",
            "You always tell the truth.");

    private static final List<String> CLAUSES = List.of(
            "",
            "",
            "",
            " that tells stories",
            " who tells stories",
            " who sometimes makes mistakes",
            " that is also funny",
            " for children",
            " who answers questions",
            " that helps families at bedtime",
            " of a toy shop",
            " who lives by the sea",
            " with a good memory");

    private final Random random;

    Requests(Random random) {
        this.random = random;
    }

    /** A request for a story about {@code subject}, which carries its article. */
    String about(String subject) {
        return wrapped(pick(ABOUT).formatted(subject));
    }

    String any() {
        return wrapped(pick(ANY));
    }

    String shortAbout(String subject) {
        return wrapped(pick(SHORT_ABOUT).formatted(subject));
    }

    String shortAny() {
        return wrapped(pick(SHORT_ANY));
    }

    String againAbout(String subject) {
        return pick(AGAIN_ABOUT).formatted(subject);
    }

    String againAny() {
        return pick(AGAIN_ANY);
    }

    /** A system message; what it says has no bearing on the answer. */
    String system() {
        if (random.nextInt(2) == 0) {
            return pick(SYSTEMS);
        }
        var text = new StringBuilder(random.nextInt(8) == 0 ? "Pip is " : "You are ");
        text.append(Nouns.withArticle((random.nextInt(4) == 0 ? "" : pick(MANNERS) + " ") + pick(CHARACTERS)));
        text.append(pick(CLAUSES)).append('.');
        for (int habits = random.nextInt(3); habits > 0; habits--) {
            text.append(' ').append(pick(HABITS));
        }
        return text.toString();
    }

    /** Every fixed sentence, for the tokenizer to have seen each. */
    static List<String> phrases() {
        var phrases = new ArrayList<String>();
        List.of(
                        GREETINGS,
                        COURTESIES,
                        ABOUT,
                        ANY,
                        SHORT_ABOUT,
                        SHORT_ANY,
                        AGAIN_ABOUT,
                        AGAIN_ANY,
                        SYSTEMS,
                        HABITS,
                        CLAUSES)
                .forEach(phrases::addAll);
        return phrases;
    }

    private String wrapped(String request) {
        String greeting = pick(GREETINGS);
        boolean joins = greeting.endsWith(", ") && !request.startsWith("I ") && !request.startsWith("I'");
        String body = joins ? request.substring(0, 1).toLowerCase(Locale.ROOT) + request.substring(1) : request;
        boolean closed = ".?!".indexOf(body.charAt(body.length() - 1)) >= 0;
        return greeting + body + (closed ? pick(COURTESIES) : "");
    }

    private String pick(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
