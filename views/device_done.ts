import { html } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';

export interface DeviceDoneProps {
  readonly clientName: string;
}

export function deviceDonePage(context: PageContext, { clientName }: DeviceDoneProps): Html {
  return layout(
    context,
    { heading: 'Your device is connected' },
    html`<p class="lead">${clientName} goes on there by itself. You can close this page.</p>`,
  );
}
