import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { namesBehind } from './architecture/door-names.js';
import { readDoors } from './tools/doors.js';

const root = process.cwd();
const patience = 180_000;
const run = promisify(execFile);
const doors = readDoors(root);

const packed: z.ZodType<{ filename: string; files: { path: string }[] }[]> = z.array(
  z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }),
);
const texts: z.ZodType<Record<string, string>> = z.record(z.string(), z.string());
const names: z.ZodType<string[]> = z.array(z.string());
const manifestShape: z.ZodType<{
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}> = z.object({ scripts: texts, dependencies: texts, devDependencies: texts });

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

const manifest = manifestShape.parse(readJson(join(root, 'package.json')));

/** npm tells the scripts it runs about the project it runs them in; another npm, in another folder, must not hear that. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|config_local)|INIT_CWD|NODE_OPTIONS)/.test(name),
  );
  return Object.fromEntries(inherited);
}

async function inFolder(folder: string, command: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd: folder, env: cleanEnvironment(), maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** An application's folder with the tarball installed in it as from the registry, and nothing else. */
async function installTarball(): Promise<{ folder: string; files: string[] }> {
  await inFolder(root, process.execPath, 'spec/tools/build-if-needed.js');
  const folder = mkdtempSync(join(tmpdir(), 'tailrace-pack-'));
  const output: unknown = JSON.parse(
    await inFolder(root, 'npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder),
  );
  const [tarball] = packed.parse(output);
  if (tarball === undefined) throw new Error('npm pack made nothing');
  writeFileSync(join(folder, 'package.json'), '{ "name": "an-application", "private": true, "type": "module" }');
  const peers = ['rxjs', 'zod', '@angular/core'].map((name) => `${name}@${manifest.devDependencies[name] ?? '*'}`);
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await inFolder(folder, 'npm', 'install', ...quiet, join(folder, tarball.filename), ...peers);
  return { folder, files: tarball.files.map(({ path }) => path).sort() };
}

describe('the packed package', () => {
  let folder = '';
  let files: string[] = [];

  beforeAll(async () => {
    ({ folder, files } = await installTarball());
  }, patience);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function exportsSeenBy(script: string, file: string): Promise<string[]> {
    writeFileSync(join(folder, file), script);
    return names.parse(JSON.parse(await inFolder(folder, process.execPath, file)));
  }

  it('holds the library, the command line program and its papers, and nothing else', () => {
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    const strays = files.filter((path) => !/^dist\/(lib|operators|sources|apps\/cli)\/.*\.(js|d\.ts)$/.test(path));
    expect(strays).toEqual(papers);
    expect(files.filter((path) => /\.spec\.|\.tmp|fixtures/.test(path))).toEqual([]);
  });

  it('brings five packages with it', () => {
    expect(Object.keys(manifest.dependencies).sort()).toEqual([
      '@noble/hashes',
      'abitype',
      'commander',
      'ky',
      'rxjs-for-await',
    ]);
    const installed = z
      .object({ dependencies: texts })
      .parse(readJson(join(folder, 'node_modules/tailrace/package.json')));
    expect(installed.dependencies).toEqual(manifest.dependencies);
  });

  it('runs nothing on installation', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare'];
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([]);
    expect(existsSync(join(root, 'binding.gyp'))).toBe(false);
  });

  it.each(doors)(
    'gives $specifier to import and to require, whole',
    async ({ specifier, source, label }) => {
      const expected = await namesBehind(source);
      const quoted = JSON.stringify(specifier);
      const say = (keys: string) =>
        `console.log(JSON.stringify(Object.keys(${keys}).filter((name) => name !== '__esModule').sort()));`;
      expect(expected).not.toEqual([]);
      expect(await exportsSeenBy(say(`await import(${quoted})`), `${label}.mjs`)).toEqual(expected);
      expect(await exportsSeenBy(say(`require(${quoted})`), `${label}.cjs`)).toEqual(expected);
    },
    patience,
  );

  it(
    'keeps what is behind the doors to itself',
    async () => {
      writeFileSync(join(folder, 'deep.mjs'), `await import('tailrace/dist/lib/errors.js');`);
      await expect(inFolder(folder, process.execPath, 'deep.mjs')).rejects.toThrow('ERR_PACKAGE_PATH_NOT_EXPORTED');
    },
    patience,
  );

  it.each([
    [[], 'undefined'],
    [['--conditions=browser'], 'cors'],
    [['--conditions=workerd'], 'cors'],
    [['--conditions=deno'], 'cors'],
    [['--conditions=bun'], 'cors'],
  ])(
    'sends its requests by node:http in Node, and by fetch elsewhere: %j',
    async (conditions, mode) => {
      // fetch says of each request what it is for; node:http does not
      const script = `
        import { createServer } from 'node:http';
        import { byteStream } from 'tailrace';
        const server = createServer(({ headers }, response) => {
          console.log(headers['sec-fetch-mode']);
          response.end();
        }).listen(0, '127.0.0.1', () => {
          const url = 'http://127.0.0.1:' + server.address().port;
          byteStream({ url }).subscribe({ complete: () => server.close().closeAllConnections() });
        });`;
      writeFileSync(join(folder, 'transport.mjs'), script);
      expect((await inFolder(folder, process.execPath, ...conditions, 'transport.mjs')).trim()).toBe(mode);
    },
    patience,
  );

  it(
    'brings a program that tells how it is used',
    async () => {
      const bin = join(folder, 'node_modules/.bin/tailrace');
      expect(await inFolder(folder, bin, '--help')).toMatch(/^Usage: tailrace/m);
    },
    patience,
  );
});
