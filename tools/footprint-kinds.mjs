/** What the bytes of minified code are: a minifier shortens the names of variables, and leaves all that is said here. */
import ts from 'typescript';

/**
 * Bytes of names of properties, of texts of one word, of those of more words, and of all else.
 * @typedef {{ names: number, words: number, sentences: number, rest: number }} Kinds
 */

/**
 * @param {string} code
 * @returns {Kinds}
 */
export function kindsOf(code) {
  const kinds = { names: 0, words: 0, sentences: 0 };
  const add = (/** @type {string} */ text) => {
    kinds[/\s/.test(text) ? 'sentences' : 'words'] += Buffer.byteLength(text);
  };
  const look = (/** @type {ts.Node} */ node) => {
    const name = nameIn(node);
    if (name !== undefined) kinds.names += name.length;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      add(node.text);
    }
    ts.forEachChild(node, look);
  };
  look(ts.createSourceFile('code.js', code, ts.ScriptTarget.Latest, false, ts.ScriptKind.JS));
  const { names, words, sentences } = kinds;
  return { ...kinds, rest: Buffer.byteLength(code) - names - words - sentences };
}

/**
 * The name of a property where a node is one: in a class, an object, a pattern, or behind a dot.
 * @param {ts.Node} node
 */
function nameIn(node) {
  const name =
    ts.isPropertyAccessExpression(node) || ts.isObjectLiteralElement(node) || ts.isClassElement(node)
      ? node.name
      : ts.isBindingElement(node)
        ? node.propertyName
        : undefined;
  return name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined;
}
