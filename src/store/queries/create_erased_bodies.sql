-- The journal's entries as an erasure leaves them, for the mutation that puts them in place: in memory alone, too.
CREATE TABLE {table:Identifier} (stream String, id String, version UInt32, body String)
ENGINE = Join(ANY, LEFT, stream, id, version)
SETTINGS persistent = 0
