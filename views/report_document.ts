import { Html, html } from './html.ts';

/** A document of its own, to save and to print: its style sheet is inside it, and nothing else is loaded. */
export interface ReportDocument {
  readonly heading: string;
  /** What the style element holds, and its SHA-256 in base64, which lets it in. */
  readonly css: string;
  readonly cssHash: string;
  /** The day of the report. */
  readonly day: string;
  readonly summary: string;
  readonly content: Html;
}

export function reportDocument({ heading, css, cssHash, day, summary, content }: ReportDocument): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${heading}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${cssHash}'">
<style>${new Html(css)}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p class="day">Curfew, <time datetime="${day}">${day}</time></p>
<p class="summary">${summary}</p>
${content}
</main>
</body>
</html>
`;
}
