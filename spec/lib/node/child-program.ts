import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';

/** A program of the specs that runs in processes of its own, to be killed. */
export interface ChildProgram {
  start(...args: readonly string[]): Child;
  dispose(): Promise<void>;
}

export interface Child {
  readonly process: ChildProcess;
  /** The lines it has printed so far. */
  readonly printed: readonly string[];
  /** Resolves with the first line that fits; rejects when it ends without one. */
  line(fits: (line: string) => boolean): Promise<string>;
  /** Resolves with what ended it: an exit code or a signal. */
  readonly ended: Promise<number | string>;
  /** `kill -9`; resolves when it is gone and all it has printed is read. */
  kill(): Promise<void>;
}

/** Compiles a file and what it imports into a folder of its own: a tenth of the time of a build, and Node 20 reads no types. */
export async function compileProgram(entry: string): Promise<ChildProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'tailrace-program-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const done = new Set<string>();
  const compile = async (path: string): Promise<void> => {
    if (done.has(path)) return;
    done.add(path);
    const source = await readFile(path, 'utf8');
    const target = join(folder, path.replace(/\.ts$/, '.js'));
    await mkdir(dirname(target), { recursive: true });
    const compilerOptions = {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    };
    await writeFile(target, ts.transpileModule(source, { compilerOptions }).outputText);
    for (const [, imported = ''] of source.matchAll(/ from '(\.[^']*)\.js'/g)) {
      await compile(relative('.', resolve(dirname(path), `${imported}.ts`)));
    }
  };
  await compile(entry);
  const program = join(folder, entry.replace(/\.ts$/, '.js'));
  return {
    start: (...args) => startChild(program, args),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

function startChild(program: string, args: readonly string[]): Child {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  const printed: string[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stdout).on('line', (line) => {
    printed.push(line);
    for (const look of [...waiting]) look();
  });
  const ended = new Promise<number | string>((settle, reject) => {
    child.on('error', reject).on('close', (code, signal) => settle(code ?? signal ?? 'unknown'));
  });
  const line = (fits: (text: string) => boolean): Promise<string> =>
    new Promise((settle, reject) => {
      const look = (): void => {
        const found = printed.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        settle(found);
      };
      waiting.add(look);
      look();
      ended.then((end) => reject(new Error(`the program ended (${end}) and said only: ${printed.join(', ')}`)), reject);
    });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { process: child, printed, line, ended, kill };
}
