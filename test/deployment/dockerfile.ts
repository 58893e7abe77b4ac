import { readRepositoryFile } from './repository.js';

export interface Instruction {
  word: string;
  rest: string;
}

/** A Dockerfile's stages, each one's instructions beginning with its FROM. Throws where a line is no instruction. */
function stagesOf(text: string): Instruction[][] {
  const lines = text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (word === '') throw new Error(`not an instruction: ${line}`);
    if (word === 'FROM') stages.push([]);
    stages.at(-1)?.push({ word, rest });
  }
  return stages;
}

export const stages = stagesOf(readRepositoryFile('Dockerfile'));
export const [build = [], run = []] = stages;

/** What is said after a word of a stage, each time. */
export const all = (stage: readonly Instruction[], word: string): string[] =>
  stage.filter((instruction) => instruction.word === word).map(({ rest }) => rest);
