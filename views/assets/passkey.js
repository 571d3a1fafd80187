// The browser's part of passkeys: each form has in a `data` element what is asked for, and its field
// `credential` takes the answer. Nothing is sent but by sending the form.
const words = {
  NotAllowedError: 'Nothing was confirmed. Try again, or use another way.',
  InvalidStateError: 'This device has a passkey of your account already.',
  SecurityError: 'Passkeys cannot be used at this address.',
};
const otherwise = 'This did not work in this browser. Use another way.';

/** The request that waits for somebody to pick a passkey in a field; another one must end it first. */
let waiting;

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const status = form.nextElementSibling;
  if (!window.PublicKeyCredential) {
    status.textContent = 'This browser cannot use passkeys.';
    continue;
  }
  form.hidden = false;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void answer(form, status);
  });
  if (form.dataset.autofill === 'at_once') void offer(form);
  if (form.dataset.autofill === 'when_touched') offerWhenTouched(form);
}

/** Ask at the push of the button, and say what went wrong. */
async function answer(form, status) {
  status.textContent = '';
  waiting?.abort();
  try {
    send(form, await ask(form, {}));
  } catch (error) {
    status.textContent = words[error.name] ?? otherwise;
    if (form.dataset.autofill) offerWhenTouched(form);
  }
}

/** Let the browser list passkeys where the username is filled in. */
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  try {
    send(form, await ask(form, { mediation: 'conditional', signal: waiting.signal }));
  } catch (error) {
    // Nobody asked for it: the button tells what goes wrong.
    if (error.name !== 'AbortError') offerWhenTouched(form);
  }
}

/** After a failure a browser that picks by itself would fail again, and again: first somebody must want it. */
function offerWhenTouched(form) {
  const touched = new AbortController();
  const field = document.querySelector('[autocomplete~="webauthn"]');
  for (const sign of ['pointerdown', 'keydown']) {
    const start = () => {
      touched.abort();
      void offer(form);
    };
    field?.addEventListener(sign, start, { signal: touched.signal });
  }
}

function ask(form, options) {
  const request = JSON.parse(form.querySelector('data').value);
  const publicKey = { ...request, challenge: toBytes(request.challenge) };
  if (form.dataset.passkey === 'get') {
    publicKey.allowCredentials = request.allowCredentials?.map(toCredential);
    return navigator.credentials.get({ publicKey, ...options });
  }
  publicKey.user = { ...request.user, id: toBytes(request.user.id) };
  publicKey.excludeCredentials = request.excludeCredentials.map(toCredential);
  return navigator.credentials.create({ publicKey, ...options });
}

function send(form, { id, type, response }) {
  const told = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (response[name]) told[name] = toText(response[name]);
  }
  if (response.getTransports) told.transports = response.getTransports();
  form.elements.credential.value = JSON.stringify({
    id,
    rawId: id,
    type,
    response: told,
    clientExtensionResults: {},
  });
  form.submit();
}

function toCredential(known) {
  return { ...known, id: toBytes(known.id) };
}

function toBytes(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function toText(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
