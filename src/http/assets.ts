import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Middleware } from 'koa';

const types: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What apps of any origin load into their own pages. */
const forApps = new Set(['curfew-session.js']);

export interface Assets {
  /** `/assets/app.css?v=…`: changes with the content, so that it may be cached for ever. */
  url(name: string): string;
  serve: Middleware;
}

/** The files in `views/assets`, read once. */
export function loadAssets(
  directory = fileURLToPath(new URL('../../views/assets/', import.meta.url)),
): Assets {
  const files = new Map(
    readdirSync(directory)
      .filter((name) => path.extname(name) in types)
      .map((name) => {
        const content = readFileSync(path.join(directory, name));
        const version = createHash('sha256').update(content).digest('base64url').slice(0, 10);
        return [name, { content, version, type: types[path.extname(name)] ?? '' }] as const;
      }),
  );
  return {
    url: (name) => `/assets/${name}?v=${files.get(name)?.version ?? ''}`,
    async serve(ctx, next) {
      const [, name = ''] = /^\/assets\/([^/]+)$/.exec(ctx.path) ?? [];
      const file = files.get(name);
      if (!file || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return await next();
      ctx.set('Content-Type', file.type);
      ctx.set(
        'Cache-Control',
        ctx.query.v === file.version ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      if (forApps.has(name)) {
        ctx.set({ 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin' });
      }
      ctx.etag = file.version;
      ctx.status = 200;
      if (ctx.fresh) ctx.status = 304;
      else ctx.body = file.content;
    },
  };
}
