-- Where the copy goes on; the parameter is the newest row of the Data Table, which starts at 1 again when it was made anew.
-- The last 500 are read again: a row with a lower number may have been stored later.
select case when copied > $1::float8 then 0 else greatest(copied - 500, 0) end as "after"
from (
	select coalesce((
		select data_table_id from erp_audit_rows
		where action <> 'anchor'
		order by stored_at desc, data_table_id desc
		limit 1
	), 0)::float8 as copied
) as newest;
