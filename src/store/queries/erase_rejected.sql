ALTER TABLE rejected_events_log DELETE WHERE match(raw, (SELECT naming FROM {table:Identifier}))
SETTINGS mutations_sync = 0
