import { html, safeUrl } from './html.ts';
import type { Html } from './html.ts';
import { layout } from './layout.ts';
import type { PageContext } from './layout.ts';
import { hiddenFields } from './partials/action_form.ts';
import { errorSummary } from './partials/error_summary.ts';
import { notice, noticeId } from './partials/notice.ts';
import { textField } from './partials/text_field.ts';

export interface DeviceCodeProps {
  readonly action: string;
  readonly xsrf: string;
  readonly error?: string | undefined;
  /** What they entered last. */
  readonly userCode?: string | undefined;
  /** What just happened and is no error: that they stopped, for example. */
  readonly note?: string | undefined;
}

export function deviceCodePage(context: PageContext, props: DeviceCodeProps): Html {
  const { action, xsrf, error, userCode, note } = props;
  return layout(
    context,
    { heading: 'Connect a device', problem: errorSummary({ error, field: 'user_code' }) },
    html`<p class="lead">Enter the code that your device or terminal shows.</p>
${notice(note)}
<form method="post" action="${safeUrl(action)}">
${hiddenFields({ xsrf })}
${textField({
  name: 'user_code',
  label: 'Code on the device',
  hint: 'With or without the dash, in capital or small letters.',
  error,
  describedBy: noticeId(note),
  input: {
    class: 'code capitals',
    type: 'text',
    value: userCode,
    autocomplete: 'off',
    autocapitalize: 'characters',
    spellcheck: 'false',
    required: true,
    autofocus: true,
  },
})}
<button class="button primary" type="submit">Continue</button>
</form>`,
  );
}
