/** One thing that is wrong with a configuration, and where. */
export interface Problem {
  /** The file, as a path that a terminal can open; `environment` for an environment variable. */
  file: string;
  /** One-based; 0 for the environment, which has no lines. */
  line: number;
  column: number;
  /** The setting, such as `dispute_rate.bucket`; items of lists go by their ids. Empty for a whole file. */
  path: string;
  message: string;
}

/** The name that stands in {@link Problem.file} for environment variables. */
export const ENVIRONMENT = 'environment';

/** One line for the terminal: `file:line:column  setting: message`. */
export function formatProblem(problem: Problem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  return `${place}  ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** All problems, one a line, in the order of files and lines. */
export function formatProblems(problems: readonly Problem[]): string {
  return sortProblems(problems).map(formatProblem).join('\n');
}

/** Orders by file, then by place, so that a person can work from top to bottom. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort(
    (a, b) =>
      compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.path, b.path),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
