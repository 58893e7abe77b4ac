import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import jars from './kafka-jars.json' with { type: 'json' };

/** The newest line that has both KRaft and the protocol versions that kafkajs 2 speaks; it runs on Java 11 and later. */
export const KAFKA_VERSION = '3.9.1';
const MAVEN_CENTRAL = 'https://repo1.maven.org/maven2';
const CACHE = resolve('.cache/kafka');
const DOWNLOADS_AT_ONCE = 8;

/**
 * The folder of Kafka's jars: of an unpacked Kafka that `KAFKA_HOME` names, else fetched once from Maven Central
 * (or the mirror that `MAVEN_MIRROR` names) and checked against `kafka-jars.json`, which lists Kafka's runtime
 * dependencies with their SHA-256.
 */
export async function kafkaJars(): Promise<string> {
  const home = process.env.KAFKA_HOME;
  if (home !== undefined) return join(home, 'libs');
  const folder = join(CACHE, KAFKA_VERSION);
  if (existsSync(folder)) return folder;
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  const waiting = Object.entries(jars);
  const work = async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await fetchJar(...next, partial);
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, work));
  // Renamed only when whole, so that a download that broke off is not taken for one that is there.
  try {
    renameSync(partial, folder);
  } catch (error) {
    // Another process has fetched them at the same time, and was done first.
    if (!existsSync(folder)) throw error;
    rmSync(partial, { recursive: true, force: true });
  }
  return folder;
}

async function fetchJar(path: string, sha256: string, folder: string): Promise<void> {
  const url = `${process.env.MAVEN_MIRROR ?? MAVEN_CENTRAL}/${path}`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error(`${url} is not the file that is expected: its SHA-256 differs`);
  await writeFile(join(folder, basename(path)), bytes);
}
