/**
 * Brings `dist/` up to date: `node spec/tools/build-if-needed.js [--force]`.
 *
 * Up to date means that the sources have the digest that was noted beside the last build. Digests, not times: a fresh
 * clone has no useful times, and a deleted source file leaves none behind.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const dist = join(root, 'dist');
const stamp = join(dist, '.sources');
const project = 'spec/tools/tsconfig.build.json';
const inputs = ['lib', 'operators', 'sources', 'apps', 'spec/servers', 'tsconfig.json', project];

/** The console's page is built by Angular, from its own packages. */
const notOurs = /[\\/]node_modules[\\/]|[\\/]console[\\/](?:src|dist)[\\/]/;

/** Builds where `dist/` is missing, older than the sources, or `force` is set. Returns whether it built. */
export function buildIfNeeded({ force = false } = {}) {
  const digest = digestOf(inputs.flatMap(filesBelow));
  if (!force && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false;
  const fresh = join(root, '.tmp', `dist-${process.pid}`);
  compile(fresh);
  writeFileSync(join(fresh, '.sources'), digest);
  swap(fresh);
  return true;
}

function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!full.endsWith('.json')) {
    return readdirSync(full, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
      .filter((file) => !notOurs.test(file));
  }
  return [full];
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function compile(outDir) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--outDir', outDir], {
    cwd: root,
    // stdout belongs to the program that is started after the build
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  rmSync(outDir, { recursive: true, force: true });
  throw new Error(`tsc -p ${project} failed with ${status}`);
}

/** Two renames, so that a program that is loading from `dist/` never meets half a build. */
function swap(fresh) {
  const old = `${fresh}-old`;
  mkdirSync(dirname(fresh), { recursive: true });
  if (existsSync(dist)) renameSync(dist, old);
  try {
    renameSync(fresh, dist);
  } catch (error) {
    // another process put its own build of the same sources there first
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    buildIfNeeded({ force: process.argv.includes('--force') });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
