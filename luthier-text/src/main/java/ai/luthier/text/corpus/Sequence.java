package ai.luthier.text.corpus;

import java.util.List;

/** One row of a pretraining corpus, before it is tokens. */
public sealed interface Sequence {

    /** Running text: every token is learnt. */
    record Plain(String text) implements Sequence {}

    /** A conversation: the assistant's words and the ends of its turns are learnt, the rest is only read. */
    record Chat(List<Turn> turns) implements Sequence {

        public Chat {
            turns = List.copyOf(turns);
        }
    }

    /** One message. */
    record Turn(Role role, String content) {}

    /** Who speaks; each is a control token of its own. */
    enum Role {
        SYSTEM,
        USER,
        ASSISTANT
    }
}
