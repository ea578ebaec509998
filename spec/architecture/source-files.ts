import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Every file below a folder, as `folder/sub/name.ext`; nothing where the folder is missing. */
export function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !/(^|\/)(node_modules|dist|\.angular)\//.test(path))
    .sort();
}

export function parse(root: string, path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

/** Names that a file passes on from another file, by `export ... from` or by exporting what it imported. */
export function reExports(file: ts.SourceFile): string[] {
  const imported = new Set(file.statements.filter(ts.isImportDeclaration).flatMap(importedNames));
  return file.statements.filter(ts.isExportDeclaration).flatMap((statement) => {
    if (statement.moduleSpecifier !== undefined) return [statement.getText(file)];
    const clause = statement.exportClause;
    if (clause === undefined || !ts.isNamedExports(clause)) return [];
    return clause.elements
      .map((element) => (element.propertyName ?? element.name).text)
      .filter((name) => imported.has(name));
  });
}

function importedNames({ importClause }: ts.ImportDeclaration): string[] {
  const bindings = importClause?.namedBindings;
  const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
  return [importClause?.name, ...named.map(({ name }) => name)].flatMap((name) =>
    name === undefined ? [] : [name.text],
  );
}

export function hasDefaultExport(file: ts.SourceFile): boolean {
  return file.statements.some(
    (statement) => ts.isExportAssignment(statement) || has(statement, ts.SyntaxKind.DefaultKeyword),
  );
}

/** Names of the functions and classes that a file exports. Types, tables and schemas do nothing of their own. */
export function activeExports(file: ts.SourceFile): string[] {
  return file.statements
    .filter((statement) => has(statement, ts.SyntaxKind.ExportKeyword))
    .flatMap((statement) => {
      if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return [statement.name?.text ?? ''];
      if (!ts.isVariableStatement(statement)) return [];
      return statement.declarationList.declarations
        .filter(({ initializer }) => initializer !== undefined && ts.isFunctionLike(initializer))
        .map(({ name }) => name.getText(file));
    });
}

function has(statement: ts.Statement, kind: ts.SyntaxKind): boolean {
  return (
    ts.canHaveModifiers(statement) && (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === kind)
  );
}
