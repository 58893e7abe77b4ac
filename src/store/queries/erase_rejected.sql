ALTER TABLE rejected_events_log DELETE WHERE position(raw, (SELECT value FROM {table:Identifier})) > 0 SETTINGS mutations_sync = 2
