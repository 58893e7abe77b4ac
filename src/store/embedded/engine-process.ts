/**
 * The child process that is the embedded ClickHouse: it loads the engine's library and calls its command
 * line, which does not return until the engine has shut down. Arguments: the library's path, then the
 * engine's own arguments.
 *
 * It must be a process of its own: the call blocks the thread for ever, and an engine that runs out of memory
 * must not take Redress with it.
 */
import { DataType, load, open } from 'ffi-rs';

const [library, ...args] = process.argv.slice(2);
if (library === undefined) throw new Error('usage: engine-process LIBRARY [ARG ...]');

const argv = ['clickhouse', ...args];
open({ library: 'engine', path: library });
load({
  library: 'engine',
  funcName: 'chdb_query_cmdline',
  retType: DataType.Void,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [argv.length, argv],
});
