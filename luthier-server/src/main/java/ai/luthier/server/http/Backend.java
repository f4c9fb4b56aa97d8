package ai.luthier.server.http;

import ai.luthier.api.wire.BaseObject;
import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.FileObject;
import ai.luthier.api.wire.FineTuningJob;
import ai.luthier.api.wire.FineTuningJobRequest;
import ai.luthier.api.wire.JobCheckpoint;
import ai.luthier.api.wire.JobEvent;
import ai.luthier.api.wire.KeyObject;
import ai.luthier.api.wire.ListPage;
import ai.luthier.api.wire.Model;
import ai.luthier.api.wire.NewBase;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.accounts.Caller;
import ai.luthier.server.serving.ModelHost;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the routes stand on: one small interface for each service, in the words of the wire.
 *
 * <p>Every implementation is safe for any thread, sees only what belongs to the caller's organisation, and reports refusals as
 * {@link ai.luthier.api.LuthierException}.
 */
public record Backend(
        Keys keys, Files files, Jobs jobs, Models models, ModelHost host, Ledger ledger, Owner owner, Health health) {

    /** API keys. */
    @FunctionalInterface
    public interface Keys {
        /** Who a key belongs to. @throws ai.luthier.api.UserError INVALID_API_KEY */
        Caller authenticate(String key);
    }

    /** Uploaded and produced files. */
    public interface Files {
        /**
         * Stores what {@code bytes} yields and makes it a file, durable when this returns; nothing of it remains when this throws.
         *
         * @param description asked once all bytes were read, because a form may name the purpose after the file; what it throws
         *     refuses the file
         */
        FileObject upload(Caller caller, InputStream bytes, Supplier<FileDescription> description);

        ListPage<FileObject> list(Caller caller, FileQuery query);

        FileObject retrieve(Caller caller, String id);

        /** Opens the content; the caller closes it. */
        Content content(Caller caller, String id);

        Deleted delete(Caller caller, String id);
    }

    /**
     * What a client says about a file.
     *
     * @param expiresAfter seconds from its creation; null: never
     */
    public record FileDescription(
            String filename, String purpose, @Nullable Long expiresAfter) {}

    /**
     * The bytes of a file.
     *
     * @param length in bytes
     */
    public record Content(InputStream bytes, long length, String filename, String purpose) {}

    /**
     * Which files to list.
     *
     * @param after id of the last file of the page before
     */
    public record FileQuery(
            @Nullable String purpose, @Nullable String after, int limit, boolean ascending) {}

    /** Fine-tuning jobs. */
    public interface Jobs {
        FineTuningJob create(Caller caller, FineTuningJobRequest request);

        /** @param metadata pairs that a job must carry to be listed */
        ListPage<FineTuningJob> list(Caller caller, @Nullable String after, int limit, Map<String, String> metadata);

        FineTuningJob retrieveJob(Caller caller, String id);

        FineTuningJob cancel(Caller caller, String id);

        FineTuningJob pause(Caller caller, String id);

        FineTuningJob resume(Caller caller, String id);

        ListPage<JobEvent> events(Caller caller, String id, @Nullable String after, int limit);

        ListPage<JobCheckpoint> checkpoints(Caller caller, String id, @Nullable String after, int limit);
    }

    /** The names that models answer to. */
    public interface Models {
        List<Model> list(Caller caller);

        Model retrieveModel(Caller caller, String id);

        Deleted delete(Caller caller, String id);
    }

    /** What the owner of the installation does and nobody else. */
    public interface Owner {

        /** All keys, without their secrets. */
        List<KeyObject> keys();

        /**
         * Makes a key, or takes one over that an application uses.
         *
         * @param value the secret to take over; null to make one, which the answer then has
         */
        KeyObject addKey(String name, boolean admin, @Nullable String value);

        /** Ends a key at once. @throws ai.luthier.api.UserError NOT_FOUND */
        void revokeKey(String id);

        /** The whole catalogue. */
        List<BaseObject> bases();

        /** Adds a base, or replaces the one with its id. @throws ai.luthier.api.UserError for one that cannot be loaded */
        BaseObject addBase(NewBase base);

        /** Takes an added base out of the catalogue. @throws ai.luthier.api.UserError MODEL_NOT_FOUND */
        void removeBase(String id);
    }

    /** Where the tokens of answers are written down. */
    @FunctionalInterface
    public interface Ledger {
        /**
         * @param model that answered
         * @param answerId {@code chatcmpl-…} or {@code cmpl-…}
         */
        void record(Caller caller, String model, String answerId, Usage usage);
    }

    /** Whether the server can do its work. */
    @FunctionalInterface
    public interface Health {
        /** What is not ready, in words; empty when everything is. */
        List<String> missing();
    }
}
