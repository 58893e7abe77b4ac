-- Takes the rows that src/store/event-rows.ts writes, in this order. Two contents of one event in one batch stay
-- side by side until a merge, as two batches of them would: whoever reads says FINAL. To remove them already
-- here (optimize_on_insert) would cost as much as all the rest of the insert.
INSERT INTO events_log
    (event_id, type, occurred_at, order_id, case_id, merchant_id, region, category, scenario, channel, amount,
     currency, origin_at, started_at, due_at, outcome, text, attributes, received_at, source, position, version)
SETTINGS optimize_on_insert = 0
FORMAT RowBinary
