package ai.luthier.server.http;

import ai.luthier.api.wire.StreamUsage;
import ai.luthier.api.wire.Usage;

/** The form that an endpoint gives to what a model writes. Lives for one request. */
interface Reply {

    /** The tokens of all prompts, and those written so far. */
    Usage usage();

    /** How many answers there are, over all prompts. */
    int size();

    /** Has everything written and gives the body of the response. */
    Object whole();

    /** Has answer {@code index} written and sends its events. */
    void stream(int index, EventStream events);

    /** The event after the last answer, for those who asked for the usage. */
    Object usageEvent(StreamUsage usage);
}
