import { readdirSync } from 'node:fs';
import { ROOT, readRepositoryFile } from '../deployment/repository.js';

/** The pages that tell people what to type. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** What stands in code on a page, a command a line: in blocks for a shell, and between backquotes. */
export function codeOn(page: string): string[] {
  const text = readRepositoryFile(page);
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block]) =>
    (block ?? '').replaceAll(/\\\n\s*/g, ' ').split('\n'),
  );
  const prose = text.replaceAll(/^```.*?^```/gms, '');
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, inside]) => inside as string);
  return [...blocks, ...inline].map((line) => line.replace(/\s+#.*$/, '').trim());
}

/** The commands of Redress on a page, as their arguments; what a shell does around them is left out. */
export function commandsOn(page: string): string[][] {
  return codeOn(page).flatMap((line) =>
    line.split(/\s*(?:&&|\||;)\s*/).flatMap((part) => {
      const found = /^(?:npx |npm run )?redress (?:-- )?(.+)$/.exec(part.trim());
      return found === null ? [] : [words(found[1] as string)];
    }),
  );
}

/** Splits as a shell would: by spaces, but for what is quoted, up to where output is sent elsewhere. */
function words(text: string): string[] {
  const [command = ''] = text.split(/\s[<>]/, 1);
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}
