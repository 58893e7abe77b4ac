import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { RedressError } from '../../model/errors.js';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

/** The path of the engine's shared library for this machine. Throws `store_unavailable` where there is none. */
export function engineLibrary(platform = `${process.platform}-${process.arch}`): string {
  const name = PACKAGES[platform];
  if (name === undefined)
    throw new RedressError(
      'store_unavailable',
      `there is no embedded ClickHouse for ${platform}: set CLICKHOUSE_URL to use a server`,
    );
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'libchdb.so');
  } catch (cause) {
    throw new RedressError(
      'store_unavailable',
      `the package ${name}, the embedded ClickHouse, is not installed: run npm ci, or set CLICKHOUSE_URL`,
      { cause },
    );
  }
}
