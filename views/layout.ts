import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';

/** What every page is given. */
export interface PageContext {
  readonly branding: Branding;
  /** The address of a file in `views/assets`, with its hash. */
  readonly assetUrl: (name: string) => string;
}

export interface Branding {
  readonly name: string;
  /** Shown instead of the name; same origin or a `data:` URL, as the content security policy asks. */
  readonly logoUrl?: string | undefined;
}

export interface Frame {
  /** The only h1, and the title: text, without elements. */
  readonly heading: string | Html;
  /** The error summary; its presence makes the title begin with "Error: ". */
  readonly problem?: Html | undefined;
  /** Makes the title begin with "Error: " where the whole page is the error. */
  readonly failed?: boolean | undefined;
  /** A wider card, for pages with more to read; `broad`: as wide as tables are. */
  readonly wide?: boolean | 'broad' | undefined;
  /** The way to other pages, beside the name. */
  readonly nav?: Html | undefined;
  /** Style sheets in `views/assets` beside the one of all pages. */
  readonly styles?: readonly string[] | undefined;
  /** Scripts in `views/assets` that add comfort; the page works without them. */
  readonly scripts?: readonly string[] | undefined;
}

export function layout({ branding, assetUrl }: PageContext, frame: Frame, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${(frame.problem || frame.failed) && 'Error: '}${frame.heading}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${assetUrl('app.css')}">
${frame.styles?.map((name) => html`<link rel="stylesheet" href="${assetUrl(name)}">`)}
${frame.scripts?.map((name) => html`<script type="module" src="${assetUrl(name)}"></script>`)}
</head>
<body${frame.wide && html` class="${frame.wide === true ? 'wide' : frame.wide}"`}>
<a class="skip" href="#main">Skip to the content</a>
<header class="brand">${brand(branding)}${frame.nav}</header>
<main id="main" class="card" tabindex="-1">
${frame.problem}
<h1>${frame.heading}</h1>
${content}
</main>
</body>
</html>
`;
}

function brand({ name, logoUrl }: Branding): Html {
  if (logoUrl) return html`<img class="brand-logo" src="${safeUrl(logoUrl, 'data:')}" alt="${name}">`;
  return html`<span class="brand-name">${name}</span>`;
}
