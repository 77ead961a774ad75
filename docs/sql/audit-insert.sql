-- All rows of a batch in one statement; the parameter is a JSON list of rows as the Data Table gives them.
insert into erp_audit_rows (
	event_id, run_id, execution_id, system, entity, erp_key, external_id, version, read_at, written_at, last_sync_at,
	action, reason, pipedrive_type, pipedrive_id, fields_read, field_changes, tokens, attempts, duration_ms, record_count,
	payload_fingerprint, workflow_id, run_number, seq, identity_salt, identity_digest, value_salt, value_digest,
	last_hash, previous_run, hash, hmac, data_table_id
)
select
	r."eventId", r."runId", coalesce(r."executionId", ''), coalesce(r.system, ''), coalesce(r.entity, ''),
	coalesce(r."erpKey", ''), coalesce(r."externalId", ''), coalesce(r.version, ''), coalesce(r."readAt", ''),
	coalesce(r."writtenAt", ''), coalesce(r."lastSyncAt", ''), r.action, coalesce(r.reason, ''),
	coalesce(r."pipedriveType", ''), coalesce(r."pipedriveId", ''), coalesce(r."fieldsRead", ''),
	coalesce(r."fieldChanges", ''), coalesce(r.tokens, 0), coalesce(r.attempts, 0), coalesce(r."durationMs", 0),
	coalesce(r."recordCount", 0), coalesce(r."payloadFingerprint", ''), coalesce(r."workflowId", ''),
	coalesce(r."runNumber", 0), coalesce(r.seq, 0), coalesce(r."identitySalt", ''), coalesce(r."identityDigest", ''),
	coalesce(r."valueSalt", ''), coalesce(r."valueDigest", ''), coalesce(r."lastHash", ''),
	coalesce(r."previousRun", ''), coalesce(r.hash, ''), coalesce(r.hmac, ''), r.id
from jsonb_to_recordset($1::jsonb) as r (
	"eventId" text, "runId" text, "executionId" text, system text, entity text, "erpKey" text, "externalId" text,
	version text, "readAt" text, "writtenAt" text, "lastSyncAt" text, action text, reason text, "pipedriveType" text,
	"pipedriveId" text, "fieldsRead" text, "fieldChanges" text, tokens float8, attempts float8, "durationMs" float8,
	"recordCount" float8, "payloadFingerprint" text, "workflowId" text, "runNumber" float8, seq float8,
	"identitySalt" text, "identityDigest" text, "valueSalt" text, "valueDigest" text, "lastHash" text,
	"previousRun" text, hash text, hmac text, id bigint
)
-- What was trimmed does not come back.
where not exists (
	select 1 from erp_audit_rows as anchor
	where anchor.action = 'anchor' and anchor.workflow_id = r."workflowId" and anchor.run_number >= r."runNumber"
)
on conflict (event_id, action) do nothing;
