// No token ever comes here: the backend keeps them. What the API asks for beyond them leads back to the sign-in.

const find = (id) => document.getElementById(id);
const headers = { 'x-requested-with': 'bff' };

/** What somebody wanted when the API asked for more: done once they are back. */
const wantedKey = 'wanted';

const me = await fetch('/me', { headers });
if (me.ok) {
  const { name } = await me.json();
  find('who').textContent = `Signed in as ${name}`;
  find('actions').hidden = false;
  const wanted = sessionStorage.getItem(wantedKey);
  sessionStorage.removeItem(wantedKey);
  if (wanted) await ask(JSON.parse(wanted), false);
} else {
  showSignedOut('Not signed in');
}

find('reports').addEventListener('click', () => void ask({ method: 'GET', path: '/api/reports' }, true));
find('pay').addEventListener('click', () => void ask({ method: 'POST', path: '/api/payments' }, true));
find('logout').addEventListener('click', () => void signOut());

async function signOut() {
  const { url } = await (await fetch('/logout', { method: 'POST', headers })).json();
  location.assign(url ?? '/');
}

async function ask({ method, path }, mayLeave) {
  const answer = await fetch(path, { method, headers });
  const body = await answer.json();
  if (answer.status !== 401) {
    find('answer').textContent = JSON.stringify(body);
  } else if (body.reason) {
    showSignedOut(body.reason);
  } else if (mayLeave) {
    sessionStorage.setItem(wantedKey, JSON.stringify({ method, path }));
    location.assign(body.login);
  } else {
    find('answer').textContent = 'The API still asks for more.';
  }
}

function showSignedOut(reason) {
  find('who').textContent = reason;
  find('actions').hidden = true;
  find('login').hidden = false;
}
