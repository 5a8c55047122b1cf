// The desk's own files: style, script and htmx, each under an address that changes with its content.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FastifyInstance } from 'fastify';

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const own = (name: string) => readFileSync(new URL(`public/${name}`, import.meta.url));
const files = {
  'desk.css': own('desk.css'),
  'desk.js': own('desk.js'),
  'desk.svg': own('desk.svg'),
  'htmx.min.js': readFileSync(createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js')),
} as const;
type Name = keyof typeof files;

const digests = new Map(
  Object.entries(files).map(([name, bytes]) => [
    name,
    createHash('sha256').update(bytes).digest('hex').slice(0, 12),
  ]),
);

export function assetAddress(name: Name): string {
  return `/review/assets/${digests.get(name) ?? ''}/${name}`;
}

export function assetRoutes(app: FastifyInstance): void {
  for (const [name, bytes] of Object.entries(files)) {
    const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    app.get(`/review/assets/:digest/${name}`, { logLevel: 'silent' }, async (_request, reply) =>
      reply.header('cache-control', 'public, max-age=31536000, immutable').type(type).send(bytes),
    );
  }
}
