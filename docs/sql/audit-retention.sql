-- Values go after 30 days, runs after 400; of the last run that goes a copy stays as the anchor of the chain.
update erp_audit_rows
set version = '', reason = '', field_changes = '', payload_fingerprint = '', value_salt = ''
where stored_at < now() - interval '30 days' and value_salt <> '' and last_hash = '';

insert into erp_audit_rows
select
	event_id, run_id, execution_id, system, entity, erp_key, external_id, version, read_at, written_at, last_sync_at,
	'anchor', reason, pipedrive_type, pipedrive_id, fields_read, field_changes, tokens, attempts, duration_ms,
	record_count, payload_fingerprint, workflow_id, run_number, seq, identity_salt, identity_digest, value_salt,
	value_digest, last_hash, previous_run, hash, hmac, data_table_id, stored_at
from (
	select distinct on (workflow_id) * from erp_audit_rows
	where action = 'sealed' and stored_at < now() - interval '400 days'
	order by workflow_id, run_number desc
) as newest
on conflict (event_id, action) do nothing;

delete from erp_audit_rows as old
using erp_audit_rows as anchor
where anchor.action = 'anchor' and old.workflow_id = anchor.workflow_id
	and (old.run_number < anchor.run_number or (old.run_number = anchor.run_number and old.action <> 'anchor'));
