package ai.luthier.server.http;

import ai.luthier.api.ErrorCode;
import ai.luthier.api.UserError;
import ai.luthier.api.wire.BaseObject;
import ai.luthier.api.wire.Deleted;
import ai.luthier.api.wire.FileObject;
import ai.luthier.api.wire.FineTuningJob;
import ai.luthier.api.wire.FineTuningJobRequest;
import ai.luthier.api.wire.JobCheckpoint;
import ai.luthier.api.wire.JobError;
import ai.luthier.api.wire.JobEvent;
import ai.luthier.api.wire.JobExtension;
import ai.luthier.api.wire.KeyObject;
import ai.luthier.api.wire.ListPage;
import ai.luthier.api.wire.Model;
import ai.luthier.api.wire.NewBase;
import ai.luthier.api.wire.Usage;
import ai.luthier.server.accounts.Caller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Services that keep everything in memory, for tests of the wire alone. */
final class MemoryBackend implements Backend.Files, Backend.Jobs, Backend.Models {

    static final String KEY = "sk-test-0123456789abcdefghijklmnop";

    final Map<String, FileObject> files = new ConcurrentSkipListMap<>();
    final Map<String, byte[]> contents = new ConcurrentSkipListMap<>();
    final Map<String, FineTuningJob> jobs = new ConcurrentSkipListMap<>();
    final List<Usage> ledger = new ArrayList<>();
    final List<String> missing = new ArrayList<>();
    final ParrotModel parrot = new ParrotModel("gpt-3.5-turbo-0613", true);

    /** The owner's calls are tested on real services. */
    private static final Backend.Owner NOBODY = new Backend.Owner() {
        @Override
        public List<KeyObject> keys() {
            return List.of();
        }

        @Override
        public KeyObject addKey(String name, boolean admin, @Nullable String value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void revokeKey(String id) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<BaseObject> bases() {
            return List.of();
        }

        @Override
        public BaseObject addBase(NewBase base) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void removeBase(String id) {
            throw new UnsupportedOperationException();
        }
    };

    Backend backend() {
        return new Backend(
                MemoryBackend::caller,
                this,
                this,
                this,
                (caller, name) -> switch (name) {
                    case "gpt-3.5-turbo-0613", "gpt-3.5-turbo" -> parrot;
                    case "davinci-002" -> new ParrotModel("davinci-002", false);
                    default -> throw noModel(name);
                },
                (caller, model, answer, usage) -> ledger.add(usage),
                NOBODY,
                () -> missing);
    }

    private static Caller caller(String key) {
        if (!key.equals(KEY)) {
            throw new UserError(ErrorCode.INVALID_API_KEY, null, "Incorrect API key provided: sk-***.");
        }
        return new Caller("org-1", "personal", "proj_1", "key_1", Caller.Role.MEMBER);
    }

    private static UserError noModel(String name) {
        return new UserError(
                ErrorCode.MODEL_NOT_FOUND,
                null,
                "The model `" + name + "` does not exist or you do not have access to it.");
    }

    @Override
    public FileObject upload(Caller caller, InputStream bytes, Supplier<Backend.FileDescription> description) {
        try {
            byte[] content = bytes.readAllBytes();
            Backend.FileDescription said = description.get();
            String id = "file-" + (files.size() + 1);
            FileObject file = new FileObject(
                    id,
                    content.length,
                    1_763_769_600L + files.size(),
                    said.expiresAfter() == null ? null : 1_763_769_600L + said.expiresAfter(),
                    said.filename(),
                    said.purpose(),
                    "processed",
                    null);
            files.put(id, file);
            contents.put(id, content);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public ListPage<FileObject> list(Caller caller, Backend.FileQuery query) {
        List<FileObject> found = files.values().stream()
                .filter(file -> query.purpose() == null || file.purpose().equals(query.purpose()))
                .toList();
        List<FileObject> ordered = query.ascending() ? found : found.reversed();
        return ListPage.withIds(
                ordered.stream().limit(query.limit()).toList(), ordered.size() > query.limit(), FileObject::id);
    }

    @Override
    public FileObject retrieve(Caller caller, String id) {
        FileObject file = files.get(id);
        if (file == null) {
            throw new UserError(ErrorCode.FILE_NOT_FOUND, "id", "No such File object: " + id);
        }
        return file;
    }

    @Override
    public Backend.Content content(Caller caller, String id) {
        FileObject file = retrieve(caller, id);
        byte[] bytes = contents.getOrDefault(id, new byte[0]);
        return new Backend.Content(new ByteArrayInputStream(bytes), bytes.length, file.filename(), file.purpose());
    }

    @Override
    public Deleted delete(Caller caller, String id) {
        if (id.startsWith("file-")) {
            retrieve(caller, id);
            files.remove(id);
            return Deleted.file(id);
        }
        model(id);
        return Deleted.model(id);
    }

    @Override
    public FineTuningJob create(Caller caller, FineTuningJobRequest request) {
        retrieve(caller, request.trainingFile());
        FineTuningJob job = new FineTuningJob(
                "ftjob-" + (jobs.size() + 1),
                1_763_769_600L,
                null,
                null,
                request.model(),
                null,
                caller.organizationId(),
                "validating_files",
                request.trainingFile(),
                request.validationFile(),
                List.of(),
                null,
                request.model().equals("broken") ? new JobError("invalid_training_file", "no", "training_file") : null,
                request.method().hyperparameters(),
                request.method(),
                request.seed() == null ? 7 : request.seed(),
                request.metadata(),
                request.suffix(),
                JobExtension.NONE);
        jobs.put(job.id(), job);
        return job;
    }

    @Override
    public ListPage<FineTuningJob> list(
            Caller caller, @Nullable String after, int limit, Map<String, String> metadata) {
        return ListPage.of(jobs.values().stream().limit(limit).toList(), jobs.size() > limit);
    }

    FineTuningJob job(String id) {
        FineTuningJob job = jobs.get(id);
        if (job == null) {
            throw new UserError(ErrorCode.JOB_NOT_FOUND, "fine_tune_id", "Could not find fine tune: " + id);
        }
        return job;
    }

    @Override
    public FineTuningJob retrieveJob(Caller caller, String id) {
        return job(id);
    }

    @Override
    public FineTuningJob cancel(Caller caller, String id) {
        return job(id);
    }

    @Override
    public FineTuningJob pause(Caller caller, String id) {
        return job(id);
    }

    @Override
    public FineTuningJob resume(Caller caller, String id) {
        return job(id);
    }

    @Override
    public ListPage<JobEvent> events(Caller caller, String id, @Nullable String after, int limit) {
        job(id);
        return ListPage.of(
                List.of(
                        new JobEvent(
                                "ftevent-2",
                                1_763_769_601L,
                                "info",
                                "Step 1/3: training loss=1.50",
                                "metrics",
                                Map.of("step", 1, "train_loss", 1.5)),
                        new JobEvent("ftevent-1", 1_763_769_600L, "info", "Created", "message", Map.of())),
                false);
    }

    @Override
    public ListPage<JobCheckpoint> checkpoints(Caller caller, String id, @Nullable String after, int limit) {
        job(id);
        var metrics = new JobCheckpoint.Metrics(3, 1.5, 0.5, null, null, null, null, Map.of());
        return ListPage.withIds(
                List.of(new JobCheckpoint("ftckpt_1", 1_763_769_600L, "ft:a:b::c:ckpt-step-3", id, 3, metrics)),
                false,
                JobCheckpoint::id);
    }

    @Override
    public List<Model> list(Caller caller) {
        return List.of(model("gpt-3.5-turbo-0613"));
    }

    @Override
    public Model retrieveModel(Caller caller, String id) {
        return model(id);
    }

    private static Model model(String id) {
        if (!id.equals("gpt-3.5-turbo-0613") && !id.startsWith("ft:gpt-3.5-turbo-0613:")) {
            throw noModel(id);
        }
        return new Model(id, 1_686_588_896L, "luthier", null);
    }
}
