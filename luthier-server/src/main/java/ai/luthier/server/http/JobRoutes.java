package ai.luthier.server.http;

import static ai.luthier.server.http.Authentication.caller;

import ai.luthier.server.http.request.JobRequestReader;
import io.javalin.http.Context;

/** {@code /v1/fine_tuning/jobs}. */
final class JobRoutes {

    private static final int JOBS = 20;
    private static final int EVENTS = 20;
    private static final int CHECKPOINTS = 10;
    private static final int MOST_LISTED = 1000;

    private final Backend.Jobs jobs;
    private final Bodies bodies;

    JobRoutes(Backend.Jobs jobs, Bodies bodies) {
        this.jobs = jobs;
        this.bodies = bodies;
    }

    void create(Context context) {
        Answers.json(context, jobs.create(caller(context), JobRequestReader.read(bodies.json(context))));
    }

    void list(Context context) {
        int limit = Query.limit(context, JOBS, MOST_LISTED);
        Answers.json(context, jobs.list(caller(context), Query.after(context), limit, Query.metadata(context)));
    }

    void retrieve(Context context) {
        Answers.json(context, jobs.retrieveJob(caller(context), context.pathParam("id")));
    }

    void cancel(Context context) {
        Answers.json(context, jobs.cancel(caller(context), context.pathParam("id")));
    }

    void pause(Context context) {
        Answers.json(context, jobs.pause(caller(context), context.pathParam("id")));
    }

    void resume(Context context) {
        Answers.json(context, jobs.resume(caller(context), context.pathParam("id")));
    }

    void events(Context context) {
        int limit = Query.limit(context, EVENTS, MOST_LISTED);
        Answers.json(context, jobs.events(caller(context), context.pathParam("id"), Query.after(context), limit));
    }

    void checkpoints(Context context) {
        int limit = Query.limit(context, CHECKPOINTS, MOST_LISTED);
        Answers.json(context, jobs.checkpoints(caller(context), context.pathParam("id"), Query.after(context), limit));
    }
}
