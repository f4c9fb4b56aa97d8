-- How a job learns, and what preference training has besides.
alter table job add column method text not null default 'supervised' check (method in ('supervised', 'dpo'));
alter table job add column asked_beta double precision;
alter table job add column chosen_beta double precision;

-- What the method measured beside the losses, by name; json keeps the order of the names.
alter table job_metric add column more json;
