package ai.luthier.server.store;

import ai.luthier.server.accounts.Caller;

/** A second organisation, which has to see nothing of the first. */
public final class OtherOrganization {

    private OtherOrganization() {}

    public static Caller in(Database database) {
        database.write(handle -> handle.execute("""
                insert into organization (id, slug, created_at) values ('org-other', 'other', now());
                insert into project (id, organization_id, name, created_at) values ('proj_other', 'org-other', 'default', now())"""));
        return new Caller("org-other", "other", "proj_other", "key_other", Caller.Role.ADMIN);
    }
}
