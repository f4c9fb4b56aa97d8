package ai.luthier.server.jobs;

import ai.luthier.server.accounts.Caller;

/**
 * A job that was claimed.
 *
 * @param job as it stood at the claim
 * @param owner on whose behalf files and models are read
 * @param again whether a worker has had it before and did not finish
 */
public record Work(JobRow job, Lease lease, Caller owner, boolean again) {}
