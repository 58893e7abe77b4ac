-- One that fails is tried for ever, and holds up all that come after it.
KILL MUTATION WHERE database = currentDatabase() AND NOT is_done AND position(command, {naming:String}) > 0
