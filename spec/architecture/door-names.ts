import { join } from 'node:path';

/** What a door gives at run time, sorted, from its source file. */
export async function namesBehind(source: string): Promise<string[]> {
  const door: unknown = await import(join(process.cwd(), source));
  if (typeof door !== 'object' || door === null) throw new Error(`${source} is not a module`);
  return Object.keys(door).sort();
}
