-- Everything Luthier answers a 2xx for is a row here before the answer leaves.
--
-- Lists are read newest first by (created_at, seq): created_at is what clients see, seq breaks ties and never changes.
-- Names of rows (id) are what the wire shows; nothing else of a row is ever part of a path on disk.

create table organization (
    id          text        primary key,
    slug        text        not null unique,
    created_at  timestamptz not null
);

create table project (
    id               text        primary key,
    organization_id  text        not null references organization,
    name             text        not null,
    created_at       timestamptz not null,
    unique (organization_id, name)
);

-- Random values made once for this database, such as the salt of all API keys.
create table secret (
    name   text  primary key,
    value  bytea not null
);

create table api_key (
    seq              bigint      generated always as identity,
    id               text        primary key,
    organization_id  text        not null references organization,
    project_id       text        not null references project,
    name             text        not null,
    role             text        not null check (role in ('admin', 'member')),
    digest           bytea       not null unique check (octet_length(digest) = 32),
    hint             text        not null,
    created_at       timestamptz not null
);

-- Bytes on disk that are complete and synced. A blob without a row is garbage of a crash.
create table blob (
    key         text        primary key,
    bytes       bigint      not null check (bytes >= 0),
    sha256      text        not null check (sha256 ~ '^[0-9a-f]{64}$'),
    created_at  timestamptz not null
);

create table file (
    seq              bigint      generated always as identity,
    id               text        primary key,
    organization_id  text        not null references organization,
    project_id       text        not null references project,
    blob_key         text        not null unique references blob,
    filename         text        not null,
    purpose          text        not null,
    created_at       timestamptz not null,
    expires_at       timestamptz
);
create index file_by_organization on file (organization_id, created_at, seq);
create index file_by_expiry on file (expires_at) where expires_at is not null;

create table job (
    seq                   bigint      generated always as identity,
    id                    text        primary key,
    organization_id       text        not null references organization,
    project_id            text        not null references project,
    created_at            timestamptz not null,
    state                 text        not null
        check (state in ('validating_files', 'queued', 'running', 'succeeded', 'failed', 'cancelled')),
    paused                boolean     not null default false,
    model                 text        not null,
    training_file         text        not null,
    validation_file       text,
    suffix                text,
    seed                  integer     not null check (seed >= 0),
    metadata              jsonb,
    extension             jsonb,
    -- Null means "auto". The chosen_ columns are filled when the job starts to run.
    asked_epochs          integer,
    asked_batch_size      integer,
    asked_multiplier      double precision,
    chosen_epochs         integer,
    chosen_batch_size     integer,
    chosen_multiplier     double precision,
    -- Filled by validation.
    examples              integer,
    tokens_per_epoch      bigint,
    -- Progress. rate_ columns remember where the present lease began, for the estimate of the finish.
    step                  integer     not null default 0,
    total_steps           integer,
    rate_step             integer,
    rate_since            timestamptz,
    queued_at             timestamptz,
    started_at            timestamptz,
    estimated_finish      timestamptz,
    finished_at           timestamptz,
    trained_tokens        bigint,
    fine_tuned_model      text,
    result_files          text[]      not null default '{}',
    report_file           text,
    error_code            text,
    error_message         text,
    error_param           text,
    -- The worker that may write. The fence grows with every claim; a write with an older fence is refused.
    lease_owner           text,
    lease_fence           bigint      not null default 0,
    lease_expires_at      timestamptz
);
create index job_by_organization on job (organization_id, created_at, seq);
create index job_open on job (state, queued_at, seq) where state in ('validating_files', 'queued', 'running');

create table job_event (
    seq         bigint      generated always as identity primary key,
    id          text        not null unique,
    job_id      text        not null references job,
    -- A step that is done twice after a crash says so once.
    dedupe_key  text        not null,
    created_at  timestamptz not null,
    level       text        not null check (level in ('info', 'warn', 'error')),
    type        text        not null check (type in ('message', 'metrics')),
    message     text        not null,
    data        jsonb,
    unique (job_id, dedupe_key)
);
create index job_event_by_job on job_event (job_id, seq);

create table job_metric (
    job_id               text    not null references job,
    step                 integer not null check (step >= 1),
    total_steps          integer not null,
    train_loss           double precision not null,
    train_accuracy       double precision not null,
    valid_loss           double precision,
    valid_accuracy       double precision,
    full_valid_loss      double precision,
    full_valid_accuracy  double precision,
    primary key (job_id, step)
);

create table job_checkpoint (
    seq         bigint      generated always as identity,
    id          text        primary key,
    job_id      text        not null references job,
    step        integer     not null,
    model       text        not null,
    created_at  timestamptz not null,
    unique (job_id, step)
);
create index job_checkpoint_by_job on job_checkpoint (job_id, seq);

-- Fine-tuned models and the snapshots of running jobs. A row means: the folder is complete and can be served.
create table model (
    seq              bigint      generated always as identity,
    id               text        primary key,
    organization_id  text        not null references organization,
    project_id       text        not null references project,
    base             text        not null,
    kind             text        not null check (kind in ('tuned', 'snapshot')),
    job_id           text        references job,
    folder           text        not null unique,
    created_at       timestamptz not null
);
create index model_by_organization on model (organization_id, created_at, seq);

-- Bases that the owner added; the shipped ones are in the code.
create table catalogue_entry (
    seq         bigint      generated always as identity,
    id          text        primary key,
    source      text        not null,
    template    text,
    created_at  timestamptz not null
);

create table catalogue_alias (
    alias     text primary key,
    entry_id  text not null references catalogue_entry on delete cascade
);

create table ledger_entry (
    seq              bigint      generated always as identity,
    id               text        primary key,
    organization_id  text        not null references organization,
    project_id       text        not null references project,
    created_at       timestamptz not null,
    kind             text        not null check (kind in ('training', 'chat', 'completion')),
    model            text        not null,
    job_id           text        references job,
    request_id       text,
    training_tokens  bigint      not null default 0 check (training_tokens >= 0),
    input_tokens     bigint      not null default 0 check (input_tokens >= 0),
    output_tokens    bigint      not null default 0 check (output_tokens >= 0),
    usd              numeric     not null check (usd >= 0)
);
create unique index ledger_one_training_entry_per_job on ledger_entry (job_id) where kind = 'training';
create unique index ledger_one_entry_per_request on ledger_entry (request_id) where request_id is not null;
create index ledger_by_organization on ledger_entry (organization_id, created_at, seq);
