-- Whom an erasure is about, for as long as it takes and in memory alone. ClickHouse keeps the text of the last hundred
-- mutations on the disk: theirs name this table, and neither the person nor the salt.
CREATE TABLE {table:Identifier}
ENGINE = Memory
AS SELECT {value:String} AS value, {naming:String} AS naming, {salt:String} AS salt
