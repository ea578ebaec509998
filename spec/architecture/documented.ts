import { join } from 'node:path';
import ts from 'typescript';

/** The names that the doors export, types included, without a word of documentation: `sources/x/index.ts: XPost`. */
export function undocumentedExports(root: string, doors: readonly string[]): string[] {
  const files = doors.map((door) => join(root, door));
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    noLib: true,
  });
  const checker = program.getTypeChecker();
  return files.flatMap((file, index) => {
    const source = program.getSourceFile(file);
    const door = source === undefined ? undefined : checker.getSymbolAtLocation(source);
    if (door === undefined) return [`${file} exports nothing`];
    return checker
      .getExportsOfModule(door)
      .filter((symbol) => documentationOf(symbol, checker) === '')
      .map((symbol) => `${doors[index] ?? file}: ${symbol.name}`);
  });
}

function documentationOf(symbol: ts.Symbol, checker: ts.TypeChecker): string {
  const origin = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return ts.displayPartsToString(origin.getDocumentationComment(checker)).trim();
}
