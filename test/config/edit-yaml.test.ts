import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { setInYaml } from '../../src/config/edit-yaml.js';
import { unifiedDiff } from '../../src/config/unified-diff.js';
import { newFolder } from '../cli/process.js';

const FILE = `# What is watched.
- id: dispute_rate
  detect:
    - use: z-score # against the recent level
      width: 3.5   # as it came
    - { use: cusum }
  alert: { for: 2, recover: 6 } # two in a row
  owner: after-sales

- &refunds
  id: refund_rate
  detect: auto
  slices:
    - []
    - [region]
# the last one
- id: orders
  alert: *refunds`;

describe('a value set in YAML', () => {
  it.each([
    [
      'a scalar',
      [0, 'detect', 0, 'width'],
      4,
      '      width: 3.5   # as it came',
      '      width: 4   # as it came',
    ],
    [
      'a new key in braces',
      [0, 'detect', 1, 'threshold'],
      8,
      '    - { use: cusum }',
      '    - { use: cusum, threshold: 8 }',
    ],
    [
      'a key in braces before a comment',
      [0, 'alert', 'for'],
      3,
      '{ for: 2, recover: 6 } #',
      '{ for: 3, recover: 6 } #',
    ],
    [
      'a new key of a block',
      [0, 'min_denominator'],
      60,
      '  owner: after-sales\n',
      '  owner: after-sales\n  min_denominator: 60\n',
    ],
    ['a new mapping', [1, 'alert', 'for'], 3, '    - [region]\n', '    - [region]\n  alert: { for: 3 }\n'],
    [
      'a word by a list',
      [1, 'detect'],
      [{ use: 'auto', width: 4 }],
      'detect: auto',
      'detect: [ { use: auto, width: 4 } ]',
    ],
    [
      'a small number',
      [0, 'detect', 1, 'false_alarm'],
      1e-7,
      '{ use: cusum }',
      '{ use: cusum, false_alarm: 1e-7 }',
    ],
  ] as const)('changes nothing else: %s', (_what, path, value, old, fresh) => {
    expect(FILE.split(old)).toHaveLength(2);
    const edited = setInYaml(FILE, path, value as never);
    expect(edited).toBe(FILE.replace(old, fresh));
    let found: unknown = parse(edited ?? '');
    for (const step of path) found = (found as Record<string | number, unknown>)[step];
    expect(found).toEqual(value);
  });

  it('comes after the last line, even when that has no end', () => {
    expect(setInYaml('- id: a', [0, 'for'], 3)).toBe('- id: a\n  for: 3\n');
    expect(setInYaml('- id: a\n', [0, 'for'], 3)).toBe('- id: a\n  for: 3\n');
    expect(setInYaml('- {}\n', [0, 'for'], 3)).toBe('- { for: 3 }\n');
  });

  it('is refused where it cannot stand by itself', () => {
    expect(setInYaml(FILE, [2, 'alert', 'for'], 3)).toBeNull();
    expect(setInYaml(FILE, [1, 'detect', 0, 'width'], 3)).toBeNull();
  });
});

describe('a diff', () => {
  const cases: [string, string, string][] = [
    ['one line', 'a\nb\nc\n', 'a\nB\nc\n'],
    [
      'lines far apart',
      '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n',
      '1\nzwei\n3\n4\n5\n6\n7\n8\n9\n10\n11\n11½\n12\n',
    ],
    ['lines near each other', '1\n2\n3\n4\n5\n6\n', '0\n1\n3\n4\n5\n5½\n6\n'],
    ['an end without a line break', 'a\nb', 'a\nb\nc\n'],
    ['everything', '', 'a\n'],
  ];

  it.each(cases)('is what git makes of the one the other: %s', (_what, before, after) => {
    const folder = newFolder();
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config/metrics.yaml'), before);
    writeFileSync(join(folder, 'tune.patch'), unifiedDiff('config/metrics.yaml', before, after));
    execFileSync('git', ['apply', 'tune.patch'], { cwd: folder });
    expect(readFileSync(join(folder, 'config/metrics.yaml'), 'utf8')).toBe(after);
  });

  it('shows the lines that changed with three around them', () => {
    expect(unifiedDiff('/etc/m.yaml', '1\n2\n3\n4\n5\n6\n', '1\n2\n3\n4\nfive\n6\n')).toBe(
      '--- a/etc/m.yaml\n+++ b/etc/m.yaml\n@@ -2,5 +2,5 @@\n 2\n 3\n 4\n-5\n+five\n 6\n',
    );
    expect(unifiedDiff('m.yaml', 'a\n', 'a\n')).toBe('');
  });
});
