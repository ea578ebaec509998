/**
 * Serves the console: `node apps/console/run.js [--port N]`, after a build of the root, which `npm run console` makes.
 *
 * The console has packages and a lock of its own. They are installed, the toolkit in them is brought up to date, and the page is built,
 * each only where something has changed since the last time.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const page = join(here, 'dist/browser');

/** What the page takes of the root's build, as the packed toolkit has it. */
const doors = ['lib', 'operators', 'sources'];

function install() {
  const packages = join(here, 'node_modules');
  const lock = digestOf([join(here, 'package-lock.json'), join(here, '.npmrc')]);
  const lockStamp = join(packages, '.lock-digest');
  const rootStamp = join(packages, '.root-digest');
  const sources = readFileSync(join(root, 'dist/.sources'), 'utf8');
  if (read(lockStamp) !== lock) {
    process.stderr.write('console: installing the packages of the page\n');
    // npm packs the root as it is now, so that the toolkit is up to date as well.
    run('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { shell: process.platform === 'win32' });
    writeFileSync(lockStamp, lock);
  } else if (read(rootStamp) !== sources) {
    copyToolkit(join(packages, 'tailrace'));
  }
  writeFileSync(rootStamp, sources);
}

/** What `npm ci` would put there, without fetching three hundred packages again. */
function copyToolkit(target) {
  for (const door of doors) {
    rmSync(join(target, 'dist', door), { recursive: true, force: true });
    cpSync(join(root, 'dist', door), join(target, 'dist', door), { recursive: true });
  }
  cpSync(join(root, 'package.json'), join(target, 'package.json'));
}

function build() {
  const stamp = join(here, 'dist/.inputs');
  const inputs = ['src', 'public', 'angular.json', 'tsconfig.json', 'package.json', 'package-lock.json'];
  const digest = digestOf([...inputs.flatMap((name) => filesBelow(join(here, name))), join(root, 'dist/.sources')]);
  if (read(stamp) === digest && existsSync(join(page, 'index.html'))) return;
  process.stderr.write('console: building the page\n');
  const ng = join(here, 'node_modules/@angular/cli/bin/ng.js');
  // stdout is for the address
  run(process.execPath, [ng, 'build'], { stdio: ['ignore', 2, 2] });
  writeFileSync(stamp, digest);
}

function run(command, given, options) {
  const env = { ...process.env, NG_CLI_ANALYTICS: 'false' };
  const { status, signal, error } = spawnSync(command, given, { cwd: here, env, stdio: ['ignore', 2, 2], ...options });
  if (error) throw error;
  // Ctrl-C ends the child and is no failure.
  if (signal !== null) process.exit(130);
  if (status !== 0) throw new Error(`${given.slice(-1)[0] === 'build' ? 'ng build' : 'npm ci'} failed with ${status}`);
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  if (/\.json$/.test(path)) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function digestOf(files) {
  const hash = createHash('sha256');
  for (const file of files.toSorted())
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

async function main() {
  if (!existsSync(join(root, 'dist/.sources'))) throw new Error('the toolkit is not built; use `npm run console`');
  const { readOptions, serve, usage } = await import('../../dist/apps/console/server/main.js');
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(usage);
  install();
  build();
  await serve(page, options);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`console: ${error.message}\n`);
  process.exitCode = 1;
}
