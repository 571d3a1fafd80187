import { html } from './html.ts';
import type { Html } from './html.ts';

export function layout(heading: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${heading} – Demo app</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/app.css">
<script type="module" src="/app.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><a class="brand" href="/"><img src="/icon.svg" alt="" width="28" height="28">Demo app</a></header>
<main id="main" tabindex="-1">
<h1>${heading}</h1>
${content}
</main>
</body>
</html>
`;
}

/** A moment as text: UTC here, since only the browser knows the visitor's zone; `app.js` puts it right. */
export function time(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  const day = iso.slice(0, 10) === new Date(now).toISOString().slice(0, 10) ? '' : `${iso.slice(0, 10)} `;
  return html`<time datetime="${iso}">${day}${iso.slice(11, 19)} UTC</time>`;
}

/** A list of names and values; what is undefined is left out. */
export function facts(entries: readonly (readonly [name: string, value: Html | string | undefined])[]): Html {
  const rows = entries.filter(([, value]) => value !== undefined);
  return html`<dl class="facts">
${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}
