import { kindEntry } from '../../admin/kind_entry.ts';
import { readClientWish } from '../read_client_wish.ts';
import type { ClientOptions } from '../read_client_wish.ts';
import type { Json } from './admin_api.ts';
import type { RemoteCall } from './remote_command.ts';

/** Add an app by its kind; a secret, where the kind has one, is made by the server. */
export async function addClientRemotely({ api, args: [id], options, refuse }: RemoteCall): Promise<Json> {
  const { kind, wish } = readClientWish(String(id), options as unknown as ClientOptions, refuse);
  const proof = kind.hasSecret ? {} : { token_endpoint_auth_method: 'none' };
  return await api.change('POST', '/clients', { ...kindEntry(kind, wish), ...proof });
}
