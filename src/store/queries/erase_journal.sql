ALTER TABLE journal
UPDATE body = replaceAll(body, {quoted:String}, '"erased"')
WHERE position(body, {quoted:String}) > 0
SETTINGS mutations_sync = 2
