// Reads what the steps of `.ci/run` left behind, says what is wrong, and ends with `N passed, N failed` alone on a
// line. The exit status is 1 when anything is wrong.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: { tests: { type: 'string' }, demo: { type: 'string' } },
  allowPositionals: true,
});
const [results, audit] = positionals.map(readJson);
const complaints = [];

const files = results?.testResults ?? [];
const isKafka = ({ name }) => name.includes('/test/kafka/');
const cases = (wanted) => files.filter(wanted).flatMap(({ assertionResults }) => assertionResults);
const count = (status, wanted = () => true) => cases(wanted).filter((test) => test.status === status).length;
// A file that could not even be loaded has no tests to fail.
const unloaded = files.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
const passed = count('passed');
const failed = results === null ? 1 : count('failed') + unloaded.length;

if (values.tests !== '0') complaints.push(`npm test ended with status ${values.tests}`);
if (results === null) complaints.push('the tests were not run: see the checks before them');
if (passed === 0) complaints.push('no test passed');
if (count('passed', isKafka) === 0 || count('passed', isKafka) < cases(isKafka).length)
  complaints.push(
    `${count('passed', isKafka)} of ${cases(isKafka).length} tests with a real Kafka ran and passed`,
  );
if (values.demo !== '0') complaints.push(`npm run demo ended with status ${values.demo}`);

const advisories = audit?.metadata?.vulnerabilities;
if (advisories === undefined) say('npm audit was left out: this registry does not answer it');
else if (advisories.high + advisories.critical > 0)
  complaints.push(`npm audit: ${advisories.high} high and ${advisories.critical} critical advisories`);

const leftOut = cases(() => true).length - passed - count('failed');
if (leftOut > 0) say(`${leftOut} tests were left out on this machine`);
for (const complaint of complaints) say(`WRONG: ${complaint}`);
say(`${passed} passed, ${failed} failed`);
process.exitCode = complaints.length > 0 || failed > 0 ? 1 : 0;

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
