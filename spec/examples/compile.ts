import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { readDoors } from '../tools/doors.js';
import type { Example } from './extract.js';

/**
 * Type-checks all examples in one program, each as a module of its own, with the package's doors meaning the sources.
 * Returns one line per fault, naming file and line of the document.
 */
export function compileExamples(root: string, folder: string, examples: readonly Example[]): string[] {
  mkdirSync(folder, { recursive: true });
  const byFile = new Map(examples.map((example) => [writeModule(folder, example), example]));
  const program = ts.createProgram([...byFile.keys()], optionsOf(root));
  return [...byFile].flatMap(([file, example]) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map((fault) =>
      describeFault(example, fault),
    );
  });
}

/** Executable JavaScript of one example, in `folder`. Its imports of the package mean the built one in `dist/`. */
export function transpileExample(folder: string, example: Example): string {
  const file = join(folder, `${nameOf(example)}.mjs`);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
  writeFileSync(file, ts.transpileModule(example.code, { compilerOptions }).outputText);
  return file;
}

function writeModule(folder: string, example: Example): string {
  const file = join(folder, `${nameOf(example)}.ts`);
  // empty lines in front make the compiler's line numbers those of the document
  writeFileSync(file, `${'\n'.repeat(example.line - 1)}${example.code}\nexport {};\n`);
  return file;
}

function nameOf({ path, line }: Example): string {
  return `${path.replace(/[^a-zA-Z0-9]+/g, '-')}-${line}`;
}

function optionsOf(root: string): ts.CompilerOptions {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
    },
  });
  return {
    ...config?.options,
    noEmit: true,
    // an example shows names that it does not go on to use
    noUnusedLocals: false,
    noUnusedParameters: false,
    declaration: false,
    isolatedDeclarations: false,
    paths: Object.fromEntries(readDoors(root).map(({ specifier, source }) => [specifier, [join(root, source)]])),
  };
}

function describeFault({ path, line }: Example, fault: ts.Diagnostic): string {
  const place =
    fault.file === undefined ? line : ts.getLineAndCharacterOfPosition(fault.file, fault.start ?? 0).line + 1;
  return `${path}:${place} ${ts.flattenDiagnosticMessageText(fault.messageText, '\n')}`;
}
