import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);

/** Where the platform's own anvil lies; `undefined` where npm has none for it. Its wrapper would be a process too many. */
export function anvilBinary(): string | undefined {
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch;
  const name = process.platform === 'win32' ? 'anvil.exe' : 'anvil';
  try {
    const manifest = require.resolve(`@foundry-rs/anvil-${process.platform}-${cpu}/package.json`);
    const binary = join(dirname(manifest), 'bin', name);
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

/** A file of this repository, from the sources and from `dist` alike. */
export function repositoryFile(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, path);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) throw new Error(`${path} is not there`);
  }
}
