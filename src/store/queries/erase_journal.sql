-- The table goes by its full name, because a mutation runs in no database. A body is never empty: `joinGet` gives
-- nothing for an entry that is not in the table.
ALTER TABLE journal
UPDATE body = joinGet({table:String}, 'body', toString(stream), id, version)
WHERE joinGet({table:String}, 'body', toString(stream), id, version) != ''
SETTINGS mutations_sync = 0
