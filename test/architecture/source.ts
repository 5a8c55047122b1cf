// Reads a TypeScript file as the rules see it: what it imports, what it touches, whether it exports a default.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { parseAst } from 'vitest/node';

export interface Import {
  /** A path from the root of the repository for a file, the name as written for a package. */
  readonly to: string;
  readonly kind: 'file' | 'package' | 'node';
  readonly typeOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly imports: readonly Import[];
  /** `process.env`, `Date.now`, `Math.random`, `new Date()`, `new Redis`, wherever they are written. */
  readonly touches: readonly string[];
  readonly hasDefaultExport: boolean;
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

export function readSources(root: string, folders: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => filesBelow(root, folder))
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')));
}

export function parseSource(path: string, code: string): SourceFile {
  const nodes = nodesBelow(parseAst(code, { lang: 'ts' }));
  return {
    path,
    imports: nodes.flatMap((node) => importOf(path, node)),
    touches: nodes.flatMap(touchOf),
    hasDefaultExport: nodes.some(isDefaultExport),
  };
}

function filesBelow(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => posix.relative(root, posix.join(entry.parentPath, entry.name)))
    .sort();
}

function nodesBelow(value: unknown): Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesBelow);
  if (!isNode(value)) return [];
  return [value, ...Object.values(value).flatMap(nodesBelow)];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function importOf(path: string, node: Node): Import[] {
  if (!importing.has(node.type)) return [];
  const source = node['source'];
  if (source === null || source === undefined) return [];
  const name = isNode(source) && typeof source['value'] === 'string' ? source['value'] : '(computed)';
  return [{ ...targetOf(path, name), typeOnly: isTypeOnly(node) }];
}

function targetOf(path: string, name: string): Pick<Import, 'to' | 'kind'> {
  if (name.startsWith('.')) return { to: posix.join(posix.dirname(path), name), kind: 'file' };
  return { to: name, kind: name.startsWith('node:') ? 'node' : 'package' };
}

function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType') return true;
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every(
    (specifier) => isNode(specifier) && (specifier['importKind'] ?? specifier['exportKind']) === 'type',
  );
}

function touchOf(node: Node): string[] {
  if (node.type === 'MemberExpression')
    return watched(`${nameOf(node['object'])}.${nameOf(node['property'])}`);
  if (node.type === 'NewExpression') return touchedByNew(node);
  if (node.type === 'VariableDeclarator' && isNode(node['id']) && node['id'].type === 'ObjectPattern') {
    return propertiesOf(node['id']).flatMap((name) => watched(`${nameOf(node['init'])}.${name}`));
  }
  return [];
}

function touchedByNew(node: Node): string[] {
  const name = nameOf(node['callee']);
  if (name === 'Redis' || name === 'Cluster') return ['new Redis'];
  const bare = Array.isArray(node['arguments']) && node['arguments'].length === 0;
  return name === 'Date' && bare ? ['new Date()'] : [];
}

function watched(name: string): string[] {
  return ['process.env', 'Date.now', 'Math.random'].includes(name) ? [name] : [];
}

/** The last part of `globalThis.process`, and the text of `process['env']`. */
function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'MemberExpression') return nameOf(node['property']);
  return String(node['name'] ?? node['value'] ?? '');
}

function propertiesOf(pattern: Node): string[] {
  const properties = pattern['properties'];
  return Array.isArray(properties)
    ? properties.map((property) => (isNode(property) ? nameOf(property['key']) : ''))
    : [];
}

function isDefaultExport(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true;
  return node.type === 'ExportSpecifier' && nameOf(node['exported']) === 'default';
}
