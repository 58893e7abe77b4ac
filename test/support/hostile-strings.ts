/** Names that have broken somebody's dashboard: they must be as good as any other. */
export const HOSTILE_TO_QUERIES: readonly string[] = [
  "it's",
  'say "hi"',
  '`tick`',
  'a\\b',
  'ends in \\',
  "\\' OR 1 = 1 --",
  "' OR '1' = '1",
  '100%',
  '%27',
  '',
  'all',
  '$__all',
  '$__timeFilter(bucket_start)',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a name that looks like Grafana's own notation.
  '${slice}',
  '{a,b}',
  '/* comment',
  'Zürich 漢字 😀',
];

/**
 * What strangers may call a category, a merchant or an annotation: each is code for something that shows, stores or
 * searches it. One table for all who take text, so that what is dangerous to one is tried on the others.
 */
export const HOSTILE: readonly string[] = [
  ...HOSTILE_TO_QUERIES.filter((text) => text !== ''),
  // SQL, also with the parameters and the comments of ClickHouse
  "'; DROP TABLE points_log; --",
  "x' OR '1'='1",
  "\\' UNION ALL SELECT name FROM system.tables -- ",
  '{metric:String}',
  '/* */ SELECT 1 FORMAT JSON',
  // Slack's markup
  '<!channel> <@U0ANN> <https://evil.example|safe>',
  '*bold* _it_ ~no~ `code` ```block``` > quote',
  '&lt;!here&gt; &amp;',
  // HTML, SVG and Markdown
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</text></svg><svg onload=alert(1)>',
  '[click](javascript:alert(1)) ![x](http://evil.example/p.png)',
  '| a | b |\n|---|---|',
  // paths and file names
  '../../../../etc/passwd',
  '..\\..\\windows\\system32',
  '/dev/null',
  'CON',
  `long-${'x'.repeat(400)}`,
  // regular expressions, and what makes bad ones hang
  '(a+)+$',
  `${'a'.repeat(5_000)}!`,
  '.*',
  '[',
  // Grafana's variables and macros
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana's own notation.
  '${metric:raw}',
  '%27%3B%20DROP',
  '%',
  // the notation of slices
  'category=toys,region=GB',
  '=,%',
  // Prometheus's exposition
  'a"} 1\nredress_tick_seconds_count{x="',
  '\\n\\"',
  // terminals
  '\u001b[2J\u001b[31mred\u0007',
  '\u009b31m',
  'over\rwritten\ttab\u0000nul',
  // spreadsheets
  '=HYPERLINK("http://evil.example","x")',
  '@SUM(1+1)*cmd|calc',
  // letters
  '\u202Etxt.exe\u202C',
  '\u200B\uFEFF',
  'e\u0301 👩‍👩‍👧 𝕏',
  '__proto__',
  'constructor',
  'undefined',
  'null',
  ' ',
];
