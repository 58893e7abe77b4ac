ALTER TABLE rejected_events_log DELETE WHERE position(raw, {value:String}) > 0 SETTINGS mutations_sync = 2
