-- The audit rows in Postgres (12 or newer). Everything can be run again at any time.
-- Values are text exactly as the chain covers them; the view erp_audit gives them their types.

create table if not exists erp_audit_rows (
	event_id text not null,
	run_id text not null,
	execution_id text not null default '',
	system text not null default '',
	entity text not null default '',
	erp_key text not null default '',
	external_id text not null default '',
	version text not null default '',
	read_at text not null default '',
	written_at text not null default '',
	last_sync_at text not null default '',
	action text not null,
	reason text not null default '',
	pipedrive_type text not null default '',
	pipedrive_id text not null default '',
	fields_read text not null default '',
	field_changes text not null default '',
	tokens double precision not null default 0,
	attempts double precision not null default 0,
	duration_ms double precision not null default 0,
	record_count double precision not null default 0,
	payload_fingerprint text not null default '',
	workflow_id text not null default '',
	run_number double precision not null default 0,
	seq double precision not null default 0,
	identity_salt text not null default '',
	identity_digest text not null default '',
	value_salt text not null default '',
	value_digest text not null default '',
	last_hash text not null default '',
	previous_run text not null default '',
	hash text not null default '',
	hmac text not null default '',
	data_table_id bigint,
	stored_at timestamptz not null default now(),
	primary key (event_id, action)
);

create index if not exists erp_audit_rows_by_key on erp_audit_rows (erp_key, read_at) where erp_key <> '';
create index if not exists erp_audit_rows_by_external_id on erp_audit_rows (external_id, read_at) where external_id <> '';
create index if not exists erp_audit_rows_by_pipedrive on erp_audit_rows (pipedrive_type, pipedrive_id) where pipedrive_id <> '';
create index if not exists erp_audit_rows_by_run on erp_audit_rows (workflow_id, run_number, seq);
create index if not exists erp_audit_rows_of_runs on erp_audit_rows (stored_at) where last_hash <> '';
create index if not exists erp_audit_rows_by_age on erp_audit_rows (stored_at) where value_salt <> '';
create index if not exists erp_audit_rows_as_stored on erp_audit_rows (stored_at, data_table_id);
create index if not exists erp_audit_rows_of_anchors on erp_audit_rows (workflow_id, run_number) where action = 'anchor';

-- "When was customer 1000123 read, what was written, what did it cost, in which run?"
--   select read_at, action, changes, tokens, execution_id from erp_audit where erp_key = '0001000123' order by read_at;
create or replace view erp_audit as
select
	system, entity, erp_key, external_id, action, reason, pipedrive_type, pipedrive_id,
	nullif(read_at, '')::timestamptz as read_at,
	nullif(written_at, '')::timestamptz as written_at,
	nullif(last_sync_at, '')::timestamptz as last_sync_at,
	string_to_array(nullif(fields_read, ''), ',') as fields_read,
	nullif(field_changes, '')::jsonb as changes,
	tokens, attempts, duration_ms, record_count,
	workflow_id, run_number, seq, execution_id
from erp_audit_rows
where last_hash = '';

-- One row per run: records by outcome in `summary`, tokens of the whole run.
create or replace view erp_audit_runs as
select workflow_id, run_number, execution_id, system, read_at::timestamptz as ran_at,
	record_count as rows, tokens, reason as summary, action = 'anchor' as is_anchor
from erp_audit_rows
where last_hash <> '';
