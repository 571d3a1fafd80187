import type { Configuration } from '../../domain/configuration.ts';
import { Problem } from '../../domain/problems.ts';
import { readField } from '../../http/forms.ts';
import { sendPage } from '../../http/send_page.ts';
import { addClient } from '../../operations/add_client.ts';
import { consoleAddedClientPage, consoleNewClientPage } from '../../../views/console/clients.ts';
import { clientKinds } from '../client_kinds.ts';
import type { ClientKind, ClientWish } from '../client_kinds.ts';
import { desireKind } from '../desire_kind.ts';
import { clientPath } from './client_changes.ts';
import type { ConsoleDependencies } from './dependencies.ts';
import { change, consoleRoot, describeShell } from './visit.ts';
import type { ConsoleVisit } from './visit.ts';

const longestField = 1000;

export async function showNewClient(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const kind = getKind(visit);
  await render(visit, dependencies, {
    clientId: '',
    name: '',
    redirectUri: '',
    scope: kind.usualScope,
    resource: '',
  });
}

/** Add the app as `curfew apply` would, and show what it is used with; its secret is shown this once. */
export async function submitNewClient(visit: ConsoleVisit, dependencies: ConsoleDependencies): Promise<void> {
  const { ctx, origin } = visit;
  const kind = getKind(visit);
  const read = (name: string) => readField(ctx, name, longestField).trim();
  const wish = {
    clientId: read('client_id'),
    name: read('client_name'),
    redirectUri: kind.redirects ? read('redirect_uri') : '',
    scope: read('scope'),
    resource: findResource(visit.configuration, read('scope')),
  };
  let secret: string | undefined;
  try {
    secret = await change(dependencies, async (tx, configuration) => {
      const wanted = desireKind(configuration, kind, wish);
      await addClient(tx, wanted.client, origin, configuration);
      return wanted.secret;
    });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return await render(visit, dependencies, wish, findFault(error.message));
  }
  const shell = await describeShell(dependencies, visit);
  const page = consoleAddedClientPage(shell, {
    clientId: wish.clientId,
    url: clientPath(wish.clientId),
    secret,
    snippets: kind.snippets(dependencies.issuer, wish),
  });
  sendPage(ctx, page);
}

/** The API that such a token is for. */
function findResource({ resources }: Configuration, scope: string): string {
  const asked = scope.split(' ');
  const known = [...resources.values()];
  const found = known.find(({ scopes }) => scopes.some((name) => asked.includes(name))) ?? known[0];
  return found?.identifier ?? 'https://api.example.com';
}

function getKind({ path, ctx }: ConsoleVisit): ClientKind {
  const name = path.kind ?? '';
  return (Object.hasOwn(clientKinds, name) ? clientKinds[name] : undefined) ?? ctx.throw(404);
}

/** The field that the first fault of a file is about; the rest of its path is of no use here. */
function findFault(message: string): { field: string; text: string } {
  const [, path = '', fault = ''] = /^(.*?): (.*)$/m.exec(message) ?? [];
  const named = [
    ['redirect_uri', /redirect_uris|backchannel|origin/],
    ['client_name', /client_name/],
    ['scope', /scope/],
    ['client_id', /./],
  ] as const;
  const [field] = named.find(([, pattern]) => pattern.test(path)) ?? ['client_id'];
  return { field, text: `${labels[field] ?? ''}: ${fault || message}` };
}

const labels: Readonly<Record<string, string>> = {
  client_id: 'Client id',
  client_name: 'Name',
  redirect_uri: 'Where people come back to',
  scope: 'Scopes',
};

async function render(
  visit: ConsoleVisit,
  dependencies: ConsoleDependencies,
  wish: ClientWish,
  error?: { field: string; text: string },
): Promise<void> {
  const kind = getKind(visit);
  const field = (name: string, hint: string, value: string, required: boolean) => ({
    name,
    label: labels[name] ?? '',
    hint,
    value,
    required,
  });
  const shell = await describeShell(dependencies, visit);
  const page = consoleNewClientPage(shell, {
    heading: `Add an app: ${kind.label.toLowerCase()}`,
    lead: kind.lead,
    action: `${consoleRoot}/new-client/${visit.path.kind}`,
    fields: [
      field('client_id', 'Letters, digits and signs, without spaces: "shop".', wish.clientId, true),
      field('client_name', 'As people read it when they sign in.', wish.name, false),
      ...(kind.redirects
        ? [field('redirect_uri', 'As "https://shop.example.com/callback".', wish.redirectUri, true)]
        : []),
      field('scope', 'With spaces between them; no others are ever granted.', wish.scope, false),
    ],
    error,
  });
  sendPage(visit.ctx, page, error ? 422 : 200);
}
