package ai.luthier.server.jobs;

import ai.luthier.server.models.ModelName;
import ai.luthier.server.models.ModelRegistry;
import ai.luthier.server.models.PublishedModel;
import ai.luthier.server.store.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Names and rows of the models that a job makes. Stateless; the transaction is the caller's. */
final class Publication {

    private Publication() {}

    static void publish(Handle handle, JobRow job, String model, PublishedModel.Kind kind, String folder, Instant now) {
        ModelRegistry.insert(
                handle,
                new PublishedModel(
                        model,
                        job.organizationId(),
                        job.projectId(),
                        ModelName.baseOf(job.model()),
                        kind,
                        job.id(),
                        folder,
                        now));
    }

    /** A name nobody has: eight random characters may meet, though hardly ever do. */
    static String freshName(Handle handle, JobRow job, @Nullable Integer step) {
        String slug = handle.createQuery("select slug from organization where id = :id")
                .bind("id", job.organizationId())
                .mapTo(String.class)
                .one();
        while (true) {
            ModelName whole = ModelName.tuned(job.model(), slug, job.suffix(), Ids.modelTail());
            String name = (step == null ? whole : whole.snapshot(step, Ids.modelTail())).toString();
            boolean taken = handle.createQuery("select exists (select from model where id = :id)")
                    .bind("id", name)
                    .mapTo(Boolean.class)
                    .one();
            if (!taken) {
                return name;
            }
        }
    }

    static Optional<String> checkpointAt(Handle handle, String jobId, int step) {
        return handle.createQuery("select model from job_checkpoint where job_id = :job and step = :step")
                .bind("job", jobId)
                .bind("step", step)
                .mapTo(String.class)
                .findOne();
    }

    static List<String> unlessInUse(Handle handle, String folder) {
        boolean used = handle.createQuery("select exists (select from model where folder = :folder)")
                .bind("folder", folder)
                .mapTo(Boolean.class)
                .one();
        return used ? List.of() : List.of(folder);
    }
}
