/**
 * Writes the reference part of docs/detectors.md from the detectors themselves, and their pictures where the data lies
 * beside the project: npx tsx scripts/detectors-page.ts
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { builtinDetectors } from '../detectors/index.js';
import { settingRows } from '../src/config/reference.js';
import type { Detector } from '../src/detection/contract.js';
import { docstringsOf, proseOf } from './detector-docstrings.js';
import { drawPictures } from './detector-pictures.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = `${ROOT}docs/detectors.md`;
const DATA = `${ROOT}../shared/data`;
/** What stands before is written by hand. */
const BEGINNING = '<!-- From here on the page is written by scripts/detectors-page.ts. -->\n';

/** The page as it should be. */
export function detectorsPage(page: string): string {
  const docstrings = docstringsOf(ROOT);
  const head = page.slice(0, page.indexOf(BEGINNING) + BEGINNING.length);
  const sections = builtinDetectors.map((detector) => {
    const symbol = detector.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return sectionOf(detector, proseOf(symbol, docstrings));
  });
  return `${head}\n${sections.join('\n')}`;
}

function sectionOf({ name, description, parameters }: Detector, prose: string): string {
  const rows = settingRows(z.toJSONSchema(parameters, { io: 'input' }));
  const table = rows.map(({ path, takes, meaning }) => `| \`${path}\` | ${takes} | ${meaning} |`).join('\n');
  return `## \`${name}\`

${description}

![What ${name} says of a real series](pictures/detector-${name}.png)

${prose}

| parameter | takes | meaning |
|---|---|---|
${table}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(PAGE, detectorsPage(readFileSync(PAGE, 'utf8')));
  if (existsSync(DATA)) drawPictures(DATA, `${ROOT}docs/pictures`);
  else process.stderr.write('the pictures stay as they are: there is no ../shared/data\n');
}
