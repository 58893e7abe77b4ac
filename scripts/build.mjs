// Writes the program into dist: a few files instead of a thousand modules, which take longer to load than the engine
// takes to start; beside them the SQL, the types that plug-ins are written against, and the licences of what is inside.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const out = join(root, 'dist/src');

rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', `${root}tsconfig.build.json`], { stdio: 'inherit', cwd: root });
const { metafile } = await build({
  absWorkingDir: root,
  // What is run or imported from outside. All files lie in one folder, so that code finds what lies beside it.
  entryPoints: [
    'src/main.ts',
    'src/index.ts',
    'src/store/embedded/engine-process.ts',
    'src/notify/picture-process.ts',
  ],
  entryNames: '[name]',
  chunkNames: '[name]-[hash]',
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  // Native code, and data that is read from beside it.
  external: ['ffi-rs', '@resvg/resvg-js', 'date-holidays'],
  // CommonJS inside an ES module still asks for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});
for (const folder of ['migrations', 'queries'])
  cpSync(join(root, 'src/store', folder), join(out, folder), { recursive: true });
chmodSync(join(out, 'main.js'), 0o755);
writeFileSync(join(root, 'dist/licences.txt'), licences(Object.keys(metafile.inputs)));

/** The licences of the packages that the files are from: whoever receives a copy of theirs receives these. */
function licences(files) {
  const packages = new Set(files.flatMap((file) => /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const texts = [...packages].sort().flatMap((folder) => {
    const read = (file) => readFileSync(join(root, folder, file), 'utf8');
    const { name, version, license } = JSON.parse(read('package.json'));
    const files = readdirSync(join(root, folder)).filter(
      (file) => /^(licen[cs]e|notice)[^/]*$/i.test(file) && statSync(join(root, folder, file)).isFile(),
    );
    return [`${name} ${version} (${license})`, ...files.map(read)];
  });
  return `${texts.join('\n\n')}\n`;
}
