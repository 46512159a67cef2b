/** Finds what a TypeScript file imports, by its syntax tree. */
import ts from 'typescript';

/**
 * @typedef {object} Import
 * @property {string | undefined} specifier as written; undefined when it is computed while the program runs
 * @property {number} line from 1
 * @property {boolean} typeOnly whether it is erased when compiled
 */

/**
 * Every way a file can reach another module: static, re-exported, dynamic, as a type, `require` and
 * `process.getBuiltinModule`.
 * @param {string} file its name, which tells the dialect
 * @param {string} text
 * @returns {Import[]}
 */
export function importsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** @type {Import[]} */
  const found = [];
  const visit = (/** @type {ts.Node} */ node) => {
    const reference = referenceIn(node);
    if (reference !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      found.push({ ...reference, line: line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  for (const { fileName, pos } of [...source.referencedFiles, ...source.typeReferenceDirectives]) {
    const { line } = source.getLineAndCharacterOfPosition(pos);
    found.push({ specifier: fileName, line: line + 1, typeOnly: true });
  }
  return found;
}

/**
 * @param {ts.Node} node
 * @returns {Omit<Import, 'line'> | undefined}
 */
function referenceIn(node) {
  if (ts.isImportDeclaration(node)) {
    return { specifier: literal(node.moduleSpecifier), typeOnly: isTypeImport(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: literal(node.moduleSpecifier), typeOnly: isTypeExport(node) };
  }
  if (ts.isExternalModuleReference(node)) {
    return { specifier: literal(node.expression), typeOnly: false };
  }
  if (ts.isImportTypeNode(node)) {
    return {
      specifier: ts.isLiteralTypeNode(node.argument) ? literal(node.argument.literal) : undefined,
      typeOnly: true,
    };
  }
  if (ts.isCallExpression(node) && loadsModule(node.expression)) {
    return { specifier: literal(node.arguments[0]), typeOnly: false };
  }
  return undefined;
}

/** @param {ts.ImportClause | undefined} clause */
function isTypeImport(clause) {
  if (clause === undefined) {
    return false;
  }
  const { namedBindings } = clause;
  const namesTypes =
    namedBindings !== undefined && ts.isNamedImports(namedBindings) && areTypes(namedBindings.elements);
  return clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (clause.name === undefined && namesTypes);
}

/** @param {ts.ExportDeclaration} node */
function isTypeExport({ isTypeOnly, exportClause }) {
  return (
    isTypeOnly || (exportClause !== undefined && ts.isNamedExports(exportClause) && areTypes(exportClause.elements))
  );
}

/** @param {ts.NodeArray<ts.ImportSpecifier | ts.ExportSpecifier>} elements */
function areTypes(elements) {
  return elements.length > 0 && elements.every((element) => element.isTypeOnly);
}

/** @param {ts.Expression} callee */
function loadsModule(callee) {
  const isLoader = ts.isPropertyAccessExpression(callee) && callee.name.text === 'getBuiltinModule';
  const isRequire = ts.isIdentifier(callee) && callee.text === 'require';
  return callee.kind === ts.SyntaxKind.ImportKeyword || isRequire || isLoader;
}

/** @param {ts.Node | undefined} node */
function literal(node) {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined;
}
