// Compiles the TypeScript and copies the SQL files beside the code that reads them.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));

rmSync(`${root}dist`, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit', cwd: root });
for (const folder of ['src/store/migrations', 'src/store/queries'])
  cpSync(`${root}${folder}`, `${root}dist/${folder}`, { recursive: true });
chmodSync(`${root}dist/src/main.js`, 0o755);
